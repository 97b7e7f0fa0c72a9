"""Brings the translations up to date with the source: `python -m tests.update_translations`, whenever a text changes.

Each `assets/translations/metaface_<language>.ts` gets the texts that are new, marked unfinished, and loses those that
are gone; Qt Linguist or an editor fills them in. Then `lrelease`, which comes with PySide6, compiles it to the `.qm`
that the program reads. `python -m tests.update_translations de` begins a new language.

The texts are found by reading the code as Python does, not by `pyside6-lupdate`: Qt 6.11's passes over every call with
a keyword in it, such as `translate("Ages", "{n} days ago", None, n=3)`.
"""

from __future__ import annotations

import argparse
import ast
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import PySide6

from metaface_gui.resources import assets_dir

PACKAGE = Path(__file__).resolve().parent.parent / "metaface_gui"
FOLDER = assets_dir() / "translations"
_MARKED = ("translate", "QT_TRANSLATE_NOOP")
_HEADER = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n'


class Text(NamedTuple):
    """What is looked up: the English `source` in a `context`; `note` ("" for none) tells like texts apart."""

    context: str
    source: str
    note: str = ""


def texts_of(code: str) -> Iterator[Text]:
    """Every text that a module's code marks for translation; of `self.tr` the context is the class around it."""
    yield from _texts(ast.parse(code), "")


def _texts(node: ast.AST, class_name: str) -> Iterator[Text]:
    if isinstance(node, ast.ClassDef):
        class_name = node.name
    if isinstance(node, ast.Call):
        words = [argument.value if isinstance(argument, ast.Constant) else None for argument in node.args]
        match node.func, words:
            case (ast.Name(id=name), [str(context), str(source), *rest]) if name in _MARKED:
                yield Text(context, source, _note(rest))
            case (ast.Attribute(attr="tr"), [str(source), *rest]):
                yield Text(class_name, source, _note(rest))
    for child in ast.iter_child_nodes(node):
        yield from _texts(child, class_name)


def _note(rest: Sequence[object]) -> str:
    return rest[0] if rest and isinstance(rest[0], str) else ""


def texts_of_package(package: Path = PACKAGE) -> list[Text]:
    """Every text of the program, once, sorted by context and then in the order of the code."""
    found = [text for path in sorted(package.rglob("*.py")) for text in texts_of(path.read_text("utf-8"))]
    return sorted(dict.fromkeys(found), key=lambda text: text.context)


def read_translations(path: Path) -> dict[Text, str]:
    """Read a `.ts` file; an unfinished text has an empty translation. No such file: nothing translated yet."""
    if not path.exists():
        return {}
    found: dict[Text, str] = {}
    for context in ElementTree.parse(path).getroot().iter("context"):
        for message in context.iter("message"):
            text = Text(context.findtext("name", ""), message.findtext("source", ""), message.findtext("comment", ""))
            translation = message.find("translation")
            is_finished = translation is not None and translation.get("type") is None
            found[text] = (translation.text or "") if translation is not None and is_finished else ""
    return found


def write_translations(path: Path, language: str, texts: Iterable[Text], words: Mapping[Text, str]) -> list[Text]:
    """Write `texts` with their translations as a `.ts` file, without line numbers; returns what is unfinished."""
    root = ElementTree.Element("TS", version="2.1", language=language, sourcelanguage="en")
    contexts: dict[str, ElementTree.Element] = {}
    unfinished = []
    for text in texts:
        if text.context not in contexts:
            contexts[text.context] = ElementTree.SubElement(root, "context")
            ElementTree.SubElement(contexts[text.context], "name").text = text.context
        message = ElementTree.SubElement(contexts[text.context], "message")
        ElementTree.SubElement(message, "source").text = text.source
        if text.note:
            ElementTree.SubElement(message, "comment").text = text.note
        translation = ElementTree.SubElement(message, "translation")
        if words.get(text):
            translation.text = words[text]
        else:
            translation.set("type", "unfinished")
            unfinished.append(text)
    ElementTree.indent(root, "  ")
    path.write_text(_HEADER + ElementTree.tostring(root, "unicode") + "\n", "utf-8")
    return unfinished


def compile_translations(path: Path) -> None:
    """Make the `.qm` beside a `.ts`."""
    lrelease = Path(PySide6.__file__).parent / "lrelease"
    subprocess.run([lrelease, "-silent", path, "-qm", path.with_suffix(".qm")], check=True)


def main() -> None:
    """Update and compile every language that there is, or those that are named."""
    parser = argparse.ArgumentParser(description="Bring the translations up to date with the source.")
    parser.add_argument("languages", nargs="*", metavar="LANGUAGE", help="such as de or pt_BR (default: all there are)")
    chosen = parser.parse_args().languages
    languages = chosen or sorted(path.stem.removeprefix("metaface_") for path in FOLDER.glob("metaface_*.ts"))
    texts = texts_of_package()
    for language in languages:
        path = FOLDER / f"metaface_{language}.ts"
        unfinished = write_translations(path, language, texts, read_translations(path))
        compile_translations(path)
        print(f"{path.name}: {len(texts)} texts, {len(unfinished)} unfinished")  # noqa: T201 - a tool's own output
        for text in unfinished:
            print(f"  {text.context}: {text.source!r}")  # noqa: T201


if __name__ == "__main__":
    main()

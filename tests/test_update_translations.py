"""The tool that brings translations up to date; every translation that ships is complete and fits its source."""

from __future__ import annotations

import re
import string
import subprocess
from pathlib import Path

import PySide6
import pytest
from PySide6.QtCore import QTranslator

from metaface_gui.pipeline.learners import ALL_LEARNERS, LEARNERS
from metaface_gui.pipeline.learners.hyperparameters import hyperparameters_of
from metaface_gui.pipeline.learners.strategies import STRATEGIES
from tests.update_translations import (
    FOLDER,
    PACKAGE,
    Text,
    read_translations,
    texts_of,
    texts_of_package,
    write_translations,
)

FILES = sorted(FOLDER.glob("metaface_*.ts"))
UPDATE = "run python -m tests.update_translations and fill in what it names"
CHINESE = FOLDER / "metaface_zh_CN.ts"
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def in_code() -> list[Text]:
    return texts_of_package()


@pytest.fixture(scope="module", params=FILES, ids=lambda path: path.stem)
def translated(request: pytest.FixtureRequest) -> dict[Text, str]:
    return read_translations(request.param)


@pytest.fixture(scope="module")
def chinese() -> dict[Text, str]:
    return read_translations(CHINESE)


def test_texts_are_found_whatever_follows_them() -> None:
    code = """
QT_TRANSLATE_NOOP("Errors", "gone")
class Outer(QWidget):
    def show(self):
        self.tr("shown " "there").format(n=1)
        translate("Ages", "{n} days ago", None, n=len("xy"))
        translate("Ages", "May", "the month, not the verb")
        painter.translate(3, 4)
        translate("Learners", title)
    class Inner:
        def __init__(self): self.label = self.tr("within")
"""
    assert list(texts_of(code)) == [
        Text("Errors", "gone"),
        Text("Outer", "shown there"),
        Text("Ages", "{n} days ago"),
        Text("Ages", "May", "the month, not the verb"),
        Text("Inner", "within"),
    ]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "metaface_de.ts"
    texts = [Text("A", "  two\nlines & <more>"), Text("A", "May", "month"), Text("B", "new")]
    words = {texts[0]: "  zwei\nZeilen & <mehr>", texts[1]: "Mai", Text("A", "gone"): "weg"}
    assert write_translations(path, "de", texts, words) == [texts[2]]
    assert read_translations(path) == {texts[0]: "  zwei\nZeilen & <mehr>", texts[1]: "Mai", texts[2]: ""}
    assert read_translations(tmp_path / "none.ts") == {}


def test_everything_is_translated_and_nothing_is_left_over(in_code: list[Text], translated: dict[Text, str]) -> None:
    assert [text for text in in_code if text not in translated] == [], UPDATE
    assert [text for text, words in translated.items() if not words] == [], UPDATE
    assert [text for text in translated if text not in set(in_code)] == [], UPDATE


def test_qts_own_extractor_finds_nothing_more(in_code: list[Text], tmp_path: Path) -> None:
    lupdate = Path(PySide6.__file__).parent / "lupdate"
    if not lupdate.exists():
        pytest.skip("this PySide6 has no lupdate beside it")
    path = tmp_path / "found.ts"
    sources = sorted(PACKAGE.rglob("*.py"))
    subprocess.run([lupdate, "-silent", *sources, "-ts", path], check=True, capture_output=True)
    found = set(read_translations(path))
    assert len(found) > 900
    assert found <= set(in_code)


def fields(text: str) -> list[tuple[str, str, str]]:
    """The placeholders of a format string with how they are formatted, sorted."""
    parts = string.Formatter().parse(text)
    return sorted((name, spec or "", conversion or "") for _, name, spec, conversion in parts if name is not None)


def accelerator(text: str) -> str:
    """The letter that an action is chosen by, in lower case; empty if there is none."""
    match = re.search(r"&(\w)", text)
    return match[1].lower() if match else ""


def test_a_translation_keeps_placeholders_accelerators_lines_and_edges(translated: dict[Text, str]) -> None:
    for text, words in translated.items():
        assert fields(words) == fields(text.source), text
        assert accelerator(words) == accelerator(text.source), text
        assert words.count("\n") == text.source.count("\n"), text
        assert words[: len(words) - len(words.lstrip())] == text.source[: len(text.source) - len(text.source.lstrip())]
        assert words[len(words.rstrip()) :] == text.source[len(text.source.rstrip()) :], text
        assert re.findall(r"\((?:Ctrl|Shift|Alt)\+\w+\)", text.source) == [
            f"({keys})" for keys in re.findall(r"[(（]((?:Ctrl|Shift|Alt)\+\w+)[)）]", words)
        ], text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_is_compiled_says_the_same(path: Path) -> None:
    translator = QTranslator()
    assert translator.load(str(path.with_suffix(".qm"))), UPDATE
    stale = [
        text
        for text, words in read_translations(path).items()
        if translator.translate(text.context, text.source, text.note or None) != words
    ]
    assert stale == [], UPDATE


def test_what_methods_say_of_themselves_is_marked(in_code: list[Text]) -> None:
    """They are looked up by variables, which no extractor follows."""
    marked = set(in_code)
    for learner in ALL_LEARNERS.values():
        assert Text("ShortTitles", learner.short_title) in marked
        for words in (learner.title, learner.explanation):
            assert Text("Learners", words) in marked, words
    for strategy in STRATEGIES:
        assert Text("Strategies", strategy.label) in marked
    for key in LEARNERS:
        for parameter in hyperparameters_of(key):
            for words in (parameter.title, parameter.explanation, *parameter.choice_titles):
                assert Text("Settings", words) in marked, words


def test_chinese_names_of_methods_have_the_english_one_in_brackets(chinese: dict[Text, str]) -> None:
    for learner in LEARNERS.values():
        title = chinese[Text("Learners", learner.title)]
        if title != "Reptile":  # which nobody translates
            assert HAN.search(title), title
            assert re.search(r"（[A-Z][\w² -]+）$", title), title
        # Nine of them stand side by side.
        assert len(chinese[Text("ShortTitles", learner.short_title)]) <= 7


def test_chinese_is_written_with_its_own_punctuation(chinese: dict[Text, str]) -> None:
    halfwidth = re.compile(r"[\u4e00-\u9fff][,;:?!]|[\u4e00-\u9fff]\.(?:\s|$)|[\u4e00-\u9fff]\([^&]|\"")
    assert [words for words in chinese.values() if halfwidth.search(words)] == []
    # Names of products, units, options and the like may stay as they are; a whole sentence may not.
    bare = [re.sub(r"\{.*?\}", "", words) for words in chinese.values()]
    assert [words for words in bare if not HAN.search(words) and len(re.findall(r"[a-z]{3,}", words)) > 2] == []

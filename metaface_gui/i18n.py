"""Words on screen in the user's language: the one wrapper around Qt's translation, and words for records.

A widget's own texts go through `self.tr("…")`; everything else through `translate`. Both take literal English so that
`tests/update_translations.py` finds them. A text with values is `translate("Context", "{n} people", None, n=3)`;
in the place of None may stand a note that tells like texts apart.

Qt is loaded only for another language than English: a command that prints a line need not wait for it.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from metaface_gui.errors import CONTEXT, KnownError
from metaface_gui.resources import assets_dir

if TYPE_CHECKING:
    from PySide6.QtCore import QCoreApplication, QTranslator

    from metaface_gui.types import HeadTurn, QualityIssue

_TRANSLATOR = "metaface-translator"
"""By this name the translators that are installed are found again, among what else the application may have."""


def translate(context: str, text: str, note: str | None = None, /, **values: object) -> str:
    """Translate `text` in `context` and fill its named `{placeholders}`; `note` tells like texts apart.

    A translation that lost or invented a placeholder does not break the window: the English text is shown.
    """
    qt = sys.modules.get("PySide6.QtCore")  # what is not loaded has no translation installed
    translated = text if qt is None else qt.QCoreApplication.translate(context, text, note)
    try:
        return translated.format(**values)
    except (KeyError, IndexError, ValueError):
        return text.format(**values)


def plain(text: str) -> str:
    """A menu's text without its accelerator: within a word (`&File`) or, in Chinese, behind it (`文件(&F)`)."""
    return re.sub(r"\s*\(&\w\)", "", text).replace("&", "")


def listed(words: Iterable[str]) -> str:
    """Several words as one enumeration: with commas in English, with ideographic ones in Chinese."""
    text = ""
    for number, word in enumerate(words):
        text = translate("Lists", "{first}, {more}", None, first=text, more=word) if number else word
    return text


def error_text(error: KnownError) -> str:
    """Say the error in the user's language: cause, then the next step."""
    return translate(CONTEXT, error.template, None, **{name: _shown(value) for name, value in error.values.items()})


def _shown(value: object) -> object:
    if isinstance(value, KnownError):
        return error_text(value)
    return shown_title(value) if isinstance(value, str) else value


def shown_title(title: str) -> str:
    """A source's title as it calls itself, in the user's language: a file's name or a host stays as it is."""
    if title == "Demo scene":
        return translate("Sources", "Demo scene")
    camera = re.fullmatch(r"Camera (\d+)", title)
    return title if camera is None else translate("Sources", "Camera {number}", None, number=camera[1])


def issue_text(issue: QualityIssue) -> str:
    """Words that tell the person before the camera what to do about a poor shot; short enough for the video."""
    from metaface_gui.types import QualityIssue  # noqa: PLC0415 - brings NumPy, which a help text needs not

    return {
        QualityIssue.NO_FACE: translate("Guidance", "No face in view - step in front of the camera"),
        QualityIssue.SEVERAL_FACES: translate("Guidance", "Several faces - only one person, please"),
        QualityIssue.TOO_SMALL: translate("Guidance", "Come closer"),
        QualityIssue.TOO_DARK: translate("Guidance", "Too dark - turn to the light"),
        QualityIssue.TOO_BRIGHT: translate("Guidance", "Too bright - turn away from the light"),
        QualityIssue.BLURRED: translate("Guidance", "Blurred - hold still for a moment"),
        QualityIssue.TURNED_AWAY: translate("Guidance", "Look towards the camera"),
        QualityIssue.CUT_OFF: translate("Guidance", "Move into the middle of the picture"),
        QualityIssue.UPSIDE_DOWN: translate("Guidance", "Upside down - turn the camera"),
        QualityIssue.TOO_SIMILAR: translate("Guidance", "Good - now turn your head a little"),
    }[issue]


def turn_text(turns: Collection[HeadTurn]) -> str:
    """What to do next while shots are good: turn to a side that no shot shows yet."""
    from metaface_gui.types import HeadTurn  # noqa: PLC0415 - brings NumPy, which a help text needs not

    words = {
        HeadTurn.LEFT: translate("Guidance", "Good - now turn a little to your left"),
        HeadTurn.RIGHT: translate("Guidance", "Good - now turn a little to your right"),
        HeadTurn.UP: translate("Guidance", "Good - now look up a little"),
        HeadTurn.DOWN: translate("Guidance", "Good - now look down a little"),
    }
    return next((text for turn, text in words.items() if turn not in turns), translate("Guidance", "Good - all sides"))


def refusal_text(issue: QualityIssue) -> str:
    """Words for why a picture from a file was refused."""
    from metaface_gui.types import QualityIssue  # noqa: PLC0415 - brings NumPy, which a help text needs not

    return {
        QualityIssue.NO_FACE: translate("Refused", "no face found"),
        QualityIssue.SEVERAL_FACES: translate("Refused", "several faces"),
        QualityIssue.TOO_SMALL: translate("Refused", "the face is too small"),
        QualityIssue.TOO_DARK: translate("Refused", "too dark"),
        QualityIssue.TOO_BRIGHT: translate("Refused", "too bright"),
        QualityIssue.BLURRED: translate("Refused", "blurred"),
        QualityIssue.TURNED_AWAY: translate("Refused", "the face is turned away"),
        QualityIssue.CUT_OFF: translate("Refused", "the face is cut off by the edge"),
        QualityIssue.UPSIDE_DOWN: translate("Refused", "the face is upside down"),
        QualityIssue.TOO_SIMILAR: translate("Refused", "too similar to another shot"),
    }[issue]


def advice_text(issues: Iterable[QualityIssue]) -> str:
    """What to do where no picture would do: what the most frequent of the reasons asks for; empty without any."""
    from metaface_gui.types import QualityIssue  # noqa: PLC0415 - brings NumPy, which a help text needs not

    counted = Counter(issues)
    if not counted:
        return ""
    return {
        QualityIssue.NO_FACE: translate(
            "Advice", "Choose pictures that show the whole face, uncovered and the right way up."
        ),
        QualityIssue.SEVERAL_FACES: translate("Advice", "Choose pictures of one person, or crop them."),
        QualityIssue.TOO_SMALL: translate("Advice", "Choose larger pictures, or ones taken from closer up."),
        QualityIssue.TOO_DARK: translate("Advice", "Choose pictures in better light."),
        QualityIssue.TOO_BRIGHT: translate("Advice", "Choose pictures in softer light."),
        QualityIssue.BLURRED: translate("Advice", "Choose sharper pictures."),
        QualityIssue.TURNED_AWAY: translate("Advice", "Choose pictures of the face looking at the camera."),
        QualityIssue.CUT_OFF: translate("Advice", "Choose pictures with the whole face in them."),
        QualityIssue.UPSIDE_DOWN: translate("Advice", "Turn the pictures the right way up."),
        QualityIssue.TOO_SIMILAR: translate("Advice", "Choose pictures that differ more from each other."),
    }[counted.most_common(1)[0][0]]


def translations_dir() -> Path:
    """Folder of the compiled translations `metaface_<language>.qm`."""
    return assets_dir() / "translations"


def available_languages(folder: Path | None = None) -> list[str]:
    """Codes of the languages that can be chosen besides English, e.g. `de`, `pt_BR`."""
    found = (folder or translations_dir()).glob("metaface_*.qm")
    return sorted(path.stem.removeprefix("metaface_") for path in found)


def language_name(code: str) -> str:
    """A language's name in that language."""
    from PySide6.QtCore import QLocale  # noqa: PLC0415 - only where another language is spoken

    if code == "en":
        return "English"  # Qt would say which English
    name = QLocale(code).nativeLanguageName() or code
    return name[0].upper() + name[1:]


def best_language(wanted: Sequence[str], available: Collection[str]) -> str:
    """Which of `available` suits a reader of the languages `wanted`, best first; empty: English, which needs no file.

    A language in another country's form will do if it is written alike: `zh-Hans-SG` is served by `zh_CN`, but `zh-TW`
    is not.
    """
    from PySide6.QtCore import QLocale  # noqa: PLC0415 - only where another language is spoken

    for tag in wanted:
        locale = QLocale(tag)
        if locale.language() in (QLocale.Language.English, QLocale.Language.C):
            return ""
        alike = [
            code
            for code in sorted(available)
            if (QLocale(code).language(), QLocale(code).script()) == (locale.language(), locale.script())
        ]
        if alike:
            return next((code for code in alike if QLocale(code).territory() == locale.territory()), alike[0])
    return ""


def speaks_english(environ: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Whether the system's language is English for sure, told without Qt: by the variables that Linux has for it.

    The first that says something holds, as for Qt: `LC_ALL=C LANG=de_DE` is English.
    """
    if not platform.startswith("linux"):
        return False
    said = next(filter(None, map(environ.get, ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return all(re.match(r"(en|C|POSIX)(?![A-Za-z])|$", tag) for tag in said.split(":"))


def install_translation(app: QCoreApplication, language: str = "", folder: Path | None = None) -> bool:
    """Speak `language` (a code; empty: the system's) from now on, in place of what was spoken until now.

    What is on screen already stays as it is. Returns whether it is spoken: English always is, and stays where MetaFace
    does not have the language that was asked for.
    """
    from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator  # noqa: PLC0415 - only where another language is spoken

    folder = folder or translations_dir()
    remove_translation(app)
    wanted = [language] if language else QLocale.system().uiLanguages()
    code = best_language(wanted, available_languages(folder))
    if QLocale(code or "en").language() is not QLocale.system().language():
        QLocale.setDefault(QLocale(code or "en"))  # dates and numbers go with the words
    if not code:
        return not language or QLocale(language).language() is QLocale.Language.English
    own, of_qt = QTranslator(), QTranslator()
    if not own.load(f"metaface_{code}", str(folder)):
        return False
    # Qt's own dialogs (file chooser, message box buttons) bring their translations with Qt.
    of_qt.load(QLocale(code), "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    for translator in (of_qt, own):  # the one installed last is asked first
        translator.setObjectName(_TRANSLATOR)
        translator.setParent(app)
        app.installTranslator(translator)
    return True


def spoken_language(app: QCoreApplication) -> str:
    """Code of the language that is spoken now; empty: English."""
    return next((translator.language() for translator in _installed(app) if translator.language()), "")


def _installed(app: QCoreApplication) -> list[QTranslator]:
    from PySide6.QtCore import Qt, QTranslator  # noqa: PLC0415 - as above

    return app.findChildren(QTranslator, _TRANSLATOR, Qt.FindChildOption.FindDirectChildrenOnly)


def remove_translation(app: QCoreApplication) -> None:
    """Take back what was installed: English from now on, and dates and numbers as the system writes them."""
    from PySide6.QtCore import QLocale  # noqa: PLC0415 - only where another language is spoken

    QLocale.setDefault(QLocale.system())
    for translator in _installed(app):
        app.removeTranslator(translator)
        translator.setParent(None)
        translator.deleteLater()

"""Texts on screen in the user's language: the one wrapper around Qt's translation, and texts for records.

A widget's own texts go through `self.tr("…")`; everything else through `translate`. Both take literal English so that
`tests/update_translations.py` finds them. A text with values is `translate("Context", "{n} people", n=3)`;
a third argument, a note, may distinguish equal texts.

Qt is loaded only for languages other than English, so that a command that prints a line need not wait for it.
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
"""Object name by which the installed translators are found among the application's other objects."""


def translate(context: str, text: str, note: str | None = None, /, **values: object) -> str:
    """Translate `text` in `context` and fill its named `{placeholders}`; `note` distinguishes equal texts.

    If a translation lost or invented a placeholder, the English text is shown, so that the window keeps working.
    """
    qt = sys.modules.get("PySide6.QtCore")  # if Qt is not loaded, no translation is installed
    translated = text if qt is None else qt.QCoreApplication.translate(context, text, note)
    try:
        return translated.format(**values)
    except (KeyError, IndexError, ValueError):
        return text.format(**values)


def plain(text: str) -> str:
    """Return a menu's text without its accelerator: within a word (`&File`) or, in Chinese, after it (`文件(&F)`)."""
    return re.sub(r"\s*\(&\w\)", "", text).replace("&", "")


def listed(words: Iterable[str]) -> str:
    """Join words to an enumeration: with commas in English, with ideographic commas in Chinese."""
    text = ""
    for number, word in enumerate(words):
        text = translate("Lists", "{first}, {more}", first=text, more=word) if number else word
    return text


def error_text(error: KnownError) -> str:
    """Return the error's text in the user's language: cause, then the next step."""
    return translate(CONTEXT, error.template, **{name: _shown(value) for name, value in error.values.items()})


def _shown(value: object) -> object:
    if isinstance(value, KnownError):
        return error_text(value)
    return shown_title(value) if isinstance(value, str) else value


def shown_title(title: str) -> str:
    """Return a source's title in the user's language; file names and hosts stay as they are."""
    if title == "Demo scene":
        return translate("Sources", "Demo scene")
    camera = re.fullmatch(r"Camera (\d+)", title)
    return title if camera is None else translate("Sources", "Camera {number}", number=camera[1])


def issue_text(issue: QualityIssue) -> str:
    """Return what to tell the person in front of the camera about a poor shot; short enough for the video."""
    from metaface_gui.types import QualityIssue  # noqa: PLC0415 - imports NumPy, which a help text does not need

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
    """Return what to do next while shots are good: turn to a side that no shot shows yet."""
    from metaface_gui.types import HeadTurn  # noqa: PLC0415 - imports NumPy, which a help text does not need

    words = {
        HeadTurn.LEFT: translate("Guidance", "Good - now turn a little to your left"),
        HeadTurn.RIGHT: translate("Guidance", "Good - now turn a little to your right"),
        HeadTurn.UP: translate("Guidance", "Good - now look up a little"),
        HeadTurn.DOWN: translate("Guidance", "Good - now look down a little"),
    }
    return next((text for turn, text in words.items() if turn not in turns), translate("Guidance", "Good - all sides"))


def refusal_text(issue: QualityIssue) -> str:
    """Return why a picture from a file was refused."""
    from metaface_gui.types import QualityIssue  # noqa: PLC0415 - imports NumPy, which a help text does not need

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
    """Return what to do if no picture was accepted, by the most frequent reason; empty without any."""
    from metaface_gui.types import QualityIssue  # noqa: PLC0415 - imports NumPy, which a help text does not need

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
    """Return the folder of the compiled translations `metaface_<language>.qm`."""
    return assets_dir() / "translations"


def available_languages(folder: Path | None = None) -> list[str]:
    """Return the codes of the languages available besides English, e.g. `de`, `pt_BR`."""
    found = (folder or translations_dir()).glob("metaface_*.qm")
    return sorted(path.stem.removeprefix("metaface_") for path in found)


def language_name(code: str) -> str:
    """Return a language's name in that language."""
    from PySide6.QtCore import QLocale  # noqa: PLC0415 - only for languages other than English

    if code == "en":
        return "English"  # Qt would name the variety of English
    name = QLocale(code).nativeLanguageName() or code
    return name[0].upper() + name[1:]


def best_language(wanted: Sequence[str], available: Collection[str]) -> str:
    """Return which of `available` suits a reader of the languages `wanted`, best first; empty for English.

    English needs no file. Another country's variant will do if its script is the same: `zh_CN` serves `zh-Hans-SG`, but
    not `zh-TW`.
    """
    from PySide6.QtCore import QLocale  # noqa: PLC0415 - only for languages other than English

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
    """Whether the system's language is certainly English, judged without Qt by Linux's environment variables.

    As in Qt, the first variable that is set wins: `LC_ALL=C LANG=de_DE` is English.
    """
    if not platform.startswith("linux"):
        return False
    said = next(filter(None, map(environ.get, ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return all(re.match(r"(en|C|POSIX)(?![A-Za-z])|$", tag) for tag in said.split(":"))


def install_translation(app: QCoreApplication, language: str = "", folder: Path | None = None) -> bool:
    """Use `language` (a code; empty: the system's) from now on, instead of the current one.

    What is already on screen does not change. Returns whether the language is in use: True for English, which remains
    where MetaFace lacks the requested language.
    """
    from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator  # noqa: PLC0415 - only for languages other than English

    folder = folder or translations_dir()
    remove_translation(app)
    wanted = [language] if language else QLocale.system().uiLanguages()
    code = best_language(wanted, available_languages(folder))
    if QLocale(code or "en").language() is not QLocale.system().language():
        QLocale.setDefault(QLocale(code or "en"))  # so that dates and numbers match the words
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
    """Return the code of the current language; empty: English."""
    return next((translator.language() for translator in _installed(app) if translator.language()), "")


def _installed(app: QCoreApplication) -> list[QTranslator]:
    from PySide6.QtCore import Qt, QTranslator  # noqa: PLC0415 - as above

    return app.findChildren(QTranslator, _TRANSLATOR, Qt.FindChildOption.FindDirectChildrenOnly)


def remove_translation(app: QCoreApplication) -> None:
    """Remove the installed translation: English from now on, with dates and numbers in the system's format."""
    from PySide6.QtCore import QLocale  # noqa: PLC0415 - only for languages other than English

    QLocale.setDefault(QLocale.system())
    for translator in _installed(app):
        app.removeTranslator(translator)
        translator.setParent(None)
        translator.deleteLater()

"""Words on screen in the user's language: the one wrapper around Qt's translation, and words for records.

A widget's own texts go through `self.tr("…")`; everything else through `translate`. Both take literal English so that
`tests/update_translations.py` finds them. A text with values is `translate("Context", "{n} people", None, n=3)`;
in the place of None may stand a note that tells like texts apart.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from metaface_gui.errors import CONTEXT, KnownError
from metaface_gui.resources import assets_dir
from metaface_gui.types import QualityIssue


def translate(context: str, text: str, note: str | None = None, /, **values: object) -> str:
    """Translate `text` in `context` and fill its named `{placeholders}`; `note` tells like texts apart.

    A translation that lost or invented a placeholder does not break the window: the English text is shown.
    """
    translated = QCoreApplication.translate(context, text, note)
    try:
        return translated.format(**values)
    except (KeyError, IndexError, ValueError):
        return text.format(**values)


def error_text(error: KnownError) -> str:
    """Say the error in the user's language: cause, then the next step."""
    return translate(CONTEXT, error.template, None, **error.values)


def issue_text(issue: QualityIssue) -> str:
    """Words that tell the person before the camera what to do about a poor shot; short enough for the video."""
    return {
        QualityIssue.NO_FACE: translate("Guidance", "No face in view - step in front of the camera"),
        QualityIssue.SEVERAL_FACES: translate("Guidance", "Several faces - only one person, please"),
        QualityIssue.TOO_SMALL: translate("Guidance", "Come closer"),
        QualityIssue.TOO_DARK: translate("Guidance", "Too dark - turn to the light"),
        QualityIssue.TOO_BRIGHT: translate("Guidance", "Too bright - turn away from the light"),
        QualityIssue.BLURRED: translate("Guidance", "Blurred - hold still for a moment"),
        QualityIssue.TURNED_AWAY: translate("Guidance", "Look towards the camera"),
        QualityIssue.CUT_OFF: translate("Guidance", "Move into the middle of the picture"),
        QualityIssue.TOO_SIMILAR: translate("Guidance", "Good - now turn your head a little"),
    }[issue]


def refusal_text(issue: QualityIssue) -> str:
    """Words for why a picture from a file was refused."""
    return {
        QualityIssue.NO_FACE: translate("Refused", "no face found"),
        QualityIssue.SEVERAL_FACES: translate("Refused", "several faces"),
        QualityIssue.TOO_SMALL: translate("Refused", "the face is too small"),
        QualityIssue.TOO_DARK: translate("Refused", "too dark"),
        QualityIssue.TOO_BRIGHT: translate("Refused", "too bright"),
        QualityIssue.BLURRED: translate("Refused", "blurred"),
        QualityIssue.TURNED_AWAY: translate("Refused", "the face is turned away"),
        QualityIssue.CUT_OFF: translate("Refused", "the face is cut off by the edge"),
        QualityIssue.TOO_SIMILAR: translate("Refused", "too like another shot"),
    }[issue]


def translations_dir() -> Path:
    """Folder of the compiled translations `metaface_<language>.qm`."""
    return assets_dir() / "translations"


def available_languages(folder: Path | None = None) -> list[str]:
    """Codes of the languages that can be chosen besides English, e.g. `de`, `pt_BR`."""
    found = (folder or translations_dir()).glob("metaface_*.qm")
    return sorted(path.stem.removeprefix("metaface_") for path in found)


def language_name(code: str) -> str:
    """A language's name in that language."""
    locale = QLocale(code)
    return (locale.nativeLanguageName() or code).capitalize()


def install_translation(app: QCoreApplication, language: str = "", folder: Path | None = None) -> bool:
    """Speak `language` (a code; empty: the system's) from now on. Call before windows are made.

    Returns whether MetaFace has that language; English needs no file and otherwise stays.
    """
    locale = QLocale(language) if language else QLocale.system()
    own = QTranslator(app)
    if not own.load(locale, "metaface", "_", str(folder or translations_dir())):
        own.deleteLater()
        return False
    app.installTranslator(own)
    # Qt's own dialogs (file chooser, message box buttons) bring their translations with Qt.
    of_qt = QTranslator(app)
    if of_qt.load(locale, "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(of_qt)
    return True

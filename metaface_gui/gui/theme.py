"""Design tokens (colours, spacing, radii, fonts) for light and dark, and the theme that applies them.

Custom widgets take colours from `Theme.tokens` and repaint on `Theme.changed`; stock widgets get theirs from
`assets/style/metaface.qss`, where a dynamic property states a widget's role:
`kind` on buttons (primary, quiet, danger), `role` on labels (title, heading, muted, error), `card` on frames.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import Enum
from string import Template
from types import MappingProxyType

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from metaface_gui.resources import assets_dir


@dataclass(frozen=True, slots=True)
class Tokens:
    """The theme's colours as `#rrggbb`.

    Text has a contrast of at least 4.5 : 1 on every background: `stage`, `window`, `surface`, `raised`, `hover`,
    `selection` (WCAG 2.2, 1.4.3); `disabled` is exempt, as there. Known and unknown differ in hue *and* lightness along
    blue to orange, the axis visible with any of the common colour vision deficiencies (Okabe and Ito 2008, "Color
    Universal Design"); the view distinguishes them by line style and icon as well.
    """

    is_dark: bool
    stage: str
    """Behind the video."""
    window: str
    surface: str
    """Panels and bars."""
    raised: str
    """Fields, buttons, cards, menus."""
    hover: str
    border: str
    border_strong: str
    """Separators between parts that are distinguishable without them."""
    edge: str
    """Outlines of what can be filled in, ticked or dragged: 3 : 1 against adjacent colours (WCAG 1.4.11)."""
    text: str
    muted: str
    disabled: str
    accent: str
    """Links, focus, progress; readable as text."""
    primary: str
    """Background of the main button."""
    primary_hover: str
    on_primary: str
    selection: str
    danger: str
    """Readable as text."""
    danger_fill: str
    on_danger: str
    success: str
    warning: str
    known: str
    unknown: str
    pending: str


DARK = Tokens(
    is_dark=True,
    stage="#0a0c10",
    window="#101318",
    surface="#161a21",
    raised="#1f252e",
    hover="#2a323d",
    border="#2a313b",
    border_strong="#46505e",
    edge="#707b8b",
    text="#eceff4",
    muted="#a3aebd",
    disabled="#667180",
    accent="#7cb2ff",
    primary="#2f6fe4",
    primary_hover="#2763d1",
    on_primary="#ffffff",
    selection="#1e3d70",
    danger="#ff8a80",
    danger_fill="#c62f2f",
    on_danger="#ffffff",
    success="#4fd1a5",
    warning="#f5b83d",
    known="#56b4e9",
    unknown="#ffb000",
    pending="#cfd6df",
)

LIGHT = Tokens(
    is_dark=False,
    stage="#e3e8ef",
    window="#f1f4f8",
    surface="#f9fafc",
    raised="#ffffff",
    hover="#e9eef5",
    border="#d5dce6",
    border_strong="#98a4b5",
    edge="#788494",
    text="#161b22",
    muted="#505c6c",
    disabled="#98a2b0",
    accent="#1d56c4",
    primary="#1f5fd0",
    primary_hover="#184fb0",
    on_primary="#ffffff",
    selection="#cfe0ff",
    danger="#b3261e",
    danger_fill="#b3261e",
    on_danger="#ffffff",
    success="#0b6b4f",
    warning="#8a5200",
    known="#0b5f93",
    unknown="#8f4700",
    pending="#505c6c",
)


class Space:
    """Distances in device-independent pixels."""

    XS = 4
    S = 8
    M = 12
    L = 16
    XL = 24
    XXL = 40


class Radius:
    """Corner radii in device-independent pixels."""

    S = 6
    M = 9
    L = 14


class FontSize:
    """Font sizes in device-independent pixels."""

    SMALL = 12
    BODY = 13
    HEADING = 15
    TITLE = 22


_FONT_SIZES = {
    "small": FontSize.SMALL,
    "heading": FontSize.HEADING,
    "title": FontSize.TITLE,
}
"""Keyed by the names that the style sheet uses."""


_WRITING_SYSTEMS = MappingProxyType({"zh_CN": QFontDatabase.WritingSystem.SimplifiedChinese})
_IDEOGRAPHS = MappingProxyType(
    {
        "zh_CN": (
            "PingFang SC",
            "Microsoft YaHei UI",
            "Noto Sans CJK SC",
            "Noto Sans SC",
            "Source Han Sans SC",
            "WenQuanYi Micro Hei",
        )
    }
)
"""Fonts of macOS, Windows and Linux by language, the best first."""


class ThemeMode(Enum):
    """The user's choice of theme; the value is what the settings store."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


def font(size_px: int = FontSize.BODY, *, bold: bool = False, tabular: bool = False) -> QFont:
    """Make a font of the application's family; `tabular` gives digits of equal width, for numbers that change.

    `size_px` is the size at the usual text scale; it grows with `Theme.set_text_scale`.
    """
    made = QFont(QApplication.font())
    made.setPixelSize(round(size_px * text_scale()))
    made.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    if tabular:
        made.setFeature(QFont.Tag("tnum"), 1)
    return made


def text_scale() -> float:
    """Return the text scale (1.0: usual); multiply by it whatever else must grow with the text."""
    pixels = QApplication.font().pixelSize()
    return pixels / FontSize.BODY if pixels > 0 else 1.0


def system_scheme() -> Qt.ColorScheme:
    """Return the desktop's preference; `Unknown` if it has none."""
    return QGuiApplication.styleHints().colorScheme()


class Theme(QObject):
    """The application's theme. It belongs to the application, like its palette; get it with `Theme.current`."""

    changed = Signal()

    def __init__(self, app: QApplication, scheme: Callable[[], Qt.ColorScheme] = system_scheme) -> None:
        super().__init__(app)
        self._app = app
        self._scheme = scheme
        self._mode = ThemeMode.SYSTEM
        app.setStyle("Fusion")  # the only style that takes style sheets the same way on every platform
        app.setFont(_load_font())
        self._style = Template((assets_dir() / "style" / "metaface.qss").read_text("utf-8"))
        self._tokens = self._wanted()
        self._apply()
        app.styleHints().colorSchemeChanged.connect(self.follow_system)

    @classmethod
    def current(cls) -> Theme:
        """Return the running application's theme, which the first call creates and applies.

        Raises:
            RuntimeError: if there is no `QApplication`.
        """
        app = QApplication.instance()
        if not isinstance(app, QApplication):
            raise RuntimeError("a theme needs a QApplication")  # noqa: TRY004 - not an argument's type
        found = app.findChild(cls, options=Qt.FindChildOption.FindDirectChildrenOnly)
        return found if isinstance(found, cls) else cls(app)

    @property
    def tokens(self) -> Tokens:
        """The current colours."""
        return self._tokens

    @property
    def mode(self) -> ThemeMode:
        """What the user chose."""
        return self._mode

    def set_mode(self, mode: ThemeMode) -> None:
        """Change the theme at once, everywhere."""
        self._mode = mode
        scheme = {ThemeMode.LIGHT: Qt.ColorScheme.Light, ThemeMode.DARK: Qt.ColorScheme.Dark}.get(mode)
        hints = self._app.styleHints()
        # Native parts (title bar, file dialogs) follow this where the platform lets them.
        if scheme is None:
            hints.unsetColorScheme()
        else:
            hints.setColorScheme(scheme)
        self.follow_system()

    def set_text_scale(self, scale: float) -> None:
        """Scale the text by 1.0 to 1.4; windows created from now on are laid out for it."""
        pixels = round(FontSize.BODY * scale)
        if pixels != self._app.font().pixelSize():
            letters = QFont(self._app.font())
            letters.setPixelSize(pixels)
            self._app.setFont(letters)
            self._apply()
            self.changed.emit()

    def set_language(self, code: str) -> None:
        """Draw ideographs in the form used in this language, if the system has a font for it.

        Otherwise Qt takes any font that has them, on Linux often one with Japanese forms.
        """
        own, *_ = self._app.font().families()
        families = [own, *(name for name in _IDEOGRAPHS.get(code, ()) if QFontDatabase.hasFamily(name))]
        if families != self._app.font().families():
            letters = QFont(self._app.font())
            letters.setFamilies(families)
            self._app.setFont(letters)

    def can_write(self, code: str) -> bool:
        """Return whether an installed font has the characters of this language; MetaFace's own has Latin ones only."""
        system = _WRITING_SYSTEMS.get(code)
        return system is None or system in QFontDatabase.writingSystems()

    def follow_system(self) -> None:
        """Apply the theme that the mode and the desktop now ask for."""
        wanted = self._wanted()
        if wanted is not self._tokens:
            self._tokens = wanted
            self._apply()
            self.changed.emit()

    def color(self, name: str) -> QColor:
        """Return a token by its name, as a colour."""
        return QColor(getattr(self._tokens, name))

    def _wanted(self) -> Tokens:
        if self._mode is ThemeMode.SYSTEM:
            # A desktop without a preference gets dark, on which pictures look best.
            return LIGHT if self._scheme() is Qt.ColorScheme.Light else DARK
        return LIGHT if self._mode is ThemeMode.LIGHT else DARK

    def _apply(self) -> None:
        self._app.setPalette(_palette(self._tokens))
        icons = (assets_dir() / "icons").as_posix()
        suffix = "-dark" if self._tokens.is_dark else "-light"
        sizes = {name: f"{round(size * text_scale())}px" for name, size in _FONT_SIZES.items()}
        sizes["tab"] = f"{round(11 / text_scale() ** 2)}px"  # with large text, tabs move closer to stay visible
        self._app.setStyleSheet(self._style.substitute(asdict(self._tokens), icons=icons, suffix=suffix, **sizes))


def _load_font() -> QFont:
    """Load the shipped Inter, so that the window looks the same everywhere; else keep the system's font."""
    families: list[str] = []
    for path in sorted((assets_dir() / "fonts").glob("*.ttf")):
        number = QFontDatabase.addApplicationFont(str(path))
        families += QFontDatabase.applicationFontFamilies(number) if number >= 0 else []
    loaded = QFont("Inter") if "Inter" in families else QFont(QApplication.font())
    loaded.setPixelSize(FontSize.BODY)
    return loaded


def _palette(tokens: Tokens) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    colors = {
        role.Window: tokens.surface,
        role.WindowText: tokens.text,
        role.Base: tokens.raised,
        role.AlternateBase: tokens.surface,
        role.Text: tokens.text,
        role.PlaceholderText: tokens.muted,
        role.Button: tokens.raised,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.danger,
        role.ToolTipBase: tokens.raised,
        role.ToolTipText: tokens.text,
        role.Highlight: tokens.selection,
        role.HighlightedText: tokens.text,
        role.Link: tokens.accent,
        role.LinkVisited: tokens.accent,
        role.Accent: tokens.primary,
        role.Light: tokens.hover,
        role.Midlight: tokens.border,
        role.Mid: tokens.border_strong,
        role.Dark: tokens.border_strong,
        role.Shadow: "#000000",
    }
    for which, color in colors.items():
        palette.setColor(which, QColor(color))
    for which in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(tokens.disabled))
    return palette

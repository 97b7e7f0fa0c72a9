"""What the window remembers from one run to the next. Whatever is damaged or out of range reads as its default."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QSettings

from metaface_gui.gui.presentation.parts import Part, parts_of, parts_text
from metaface_gui.gui.remembered import GEOMETRY, THEME, remembered_bytes, remembered_theme, window_settings
from metaface_gui.gui.theme import ThemeMode
from metaface_gui.pipeline.learners import LEARNERS
from metaface_gui.pipeline.learners.hyperparameters import from_json, to_json
from metaface_gui.settings import RecognitionSettings

_MAX_TEXT = 4096
_MAX_DIGITS = 4


class WindowState:
    """Typed access to a `QSettings`; every setter writes at once, so that a crash loses nothing."""

    def __init__(self, settings: QSettings | None = None, parent: QObject | None = None) -> None:
        self._settings = settings or window_settings(parent)

    @property
    def path(self) -> str:
        """The file it is kept in."""
        return self._settings.fileName()

    @property
    def geometry(self) -> QByteArray:
        """The window's place, for `QWidget.restoreGeometry` (which refuses what it does not understand)."""
        return self._bytes(GEOMETRY)

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._settings.setValue(GEOMETRY, value)

    @property
    def splitter(self) -> QByteArray:
        """The side panel's width, for `QSplitter.restoreState`."""
        return self._bytes("window/splitter")

    @splitter.setter
    def splitter(self, value: QByteArray) -> None:
        self._settings.setValue("window/splitter", value)

    @property
    def is_panel_visible(self) -> bool:
        """Whether the side panel is open."""
        return self._bool("window/panel", default=True)

    @is_panel_visible.setter
    def is_panel_visible(self, value: bool) -> None:
        self._settings.setValue("window/panel", value)

    @property
    def is_studio_visible(self) -> bool:
        """Whether the studio below the video is open."""
        return self._bool("window/studio", default=False)

    @is_studio_visible.setter
    def is_studio_visible(self, value: bool) -> None:
        self._settings.setValue("window/studio", value)

    @property
    def is_studio_large(self) -> bool:
        """Whether the studio takes the window while it is open."""
        return self._bool("window/studio-large", default=False)

    @is_studio_large.setter
    def is_studio_large(self, value: bool) -> None:
        self._settings.setValue("window/studio-large", value)

    @property
    def studio_tab(self) -> str:
        """Key of the studio's open page."""
        return self._text("window/studio-tab")

    @studio_tab.setter
    def studio_tab(self, value: str) -> None:
        self._settings.setValue("window/studio-tab", value)

    @property
    def studio_splitter(self) -> QByteArray:
        """The studio's height, for `QSplitter.restoreState`."""
        return self._bytes("window/studio-splitter")

    @studio_splitter.setter
    def studio_splitter(self, value: QByteArray) -> None:
        self._settings.setValue("window/studio-splitter", value)

    @property
    def is_method_settings_open(self) -> bool:
        """Whether the settings on the page of the method are unfolded."""
        return self._bool("window/method-settings", default=False)

    @is_method_settings_open.setter
    def is_method_settings_open(self, value: bool) -> None:
        self._settings.setValue("window/method-settings", value)

    @property
    def presented_parts(self) -> frozenset[Part]:
        """What stands beside the video of a presentation."""
        return parts_of(self._text("presentation/parts"))

    @presented_parts.setter
    def presented_parts(self, value: frozenset[Part]) -> None:
        self._settings.setValue("presentation/parts", parts_text(value))

    @property
    def projector(self) -> str:
        """Name of the screen that the projector was on; empty: in a window, or nowhere yet."""
        return self._text("presentation/screen")

    @projector.setter
    def projector(self, value: str) -> None:
        self._settings.setValue("presentation/screen", value)

    @property
    def recordings(self) -> Path | None:
        """Folder of recordings and snapshots; None: the platform's."""
        text = self._text("window/recordings")
        return Path(text) if text else None

    @recordings.setter
    def recordings(self, value: Path | None) -> None:
        self._settings.setValue("window/recordings", "" if value is None else str(value))

    @property
    def is_tour_seen(self) -> bool:
        """Whether the tour came up by itself once."""
        return self._bool("window/tour-seen", default=False)

    @is_tour_seen.setter
    def is_tour_seen(self, value: bool) -> None:
        self._settings.setValue("window/tour-seen", value)

    @property
    def tab(self) -> str:
        """Key of the side panel's open tab."""
        return self._text("window/tab")

    @tab.setter
    def tab(self, value: str) -> None:
        self._settings.setValue("window/tab", value)

    @property
    def theme(self) -> ThemeMode:
        """Light, dark, or as the system."""
        return remembered_theme(self._settings)

    @theme.setter
    def theme(self, value: ThemeMode) -> None:
        self._settings.setValue(THEME, value.value)

    @property
    def language(self) -> str:
        """Code of the chosen language; empty: the system's."""
        return self._text("window/language")

    @language.setter
    def language(self, value: str) -> None:
        self._settings.setValue("window/language", value)

    @property
    def text_percent(self) -> int:
        """Size of letters in percent of the usual one; 0: nothing that is a number is remembered."""
        text = str(self._settings.value("window/text-percent", ""))
        return int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS else 0

    @text_percent.setter
    def text_percent(self, value: int) -> None:
        self._settings.setValue("window/text-percent", value)

    @property
    def is_hud_visible(self) -> bool:
        """Whether the HUD is drawn."""
        return self._bool("view/hud", default=True)

    @is_hud_visible.setter
    def is_hud_visible(self, value: bool) -> None:
        self._settings.setValue("view/hud", value)

    @property
    def is_looping(self) -> bool:
        """Whether a file begins again when it ends."""
        return self._bool("view/loop", default=True)

    @is_looping.setter
    def is_looping(self, value: bool) -> None:
        self._settings.setValue("view/loop", value)

    @property
    def mirrors_cameras(self) -> bool:
        """Whether a camera's picture is shown as in a mirror."""
        return self._bool("view/mirror", default=True)

    @mirrors_cameras.setter
    def mirrors_cameras(self, value: bool) -> None:
        self._settings.setValue("view/mirror", value)

    @property
    def has_countdown(self) -> bool:
        """Whether a click on the record button counts down first."""
        return self._bool("enroll/countdown", default=True)

    @has_countdown.setter
    def has_countdown(self, value: bool) -> None:
        self._settings.setValue("enroll/countdown", value)

    @property
    def source(self) -> str:
        """The last source, as `parse_source` reads it; empty: none."""
        return self._text("engine/source")

    @source.setter
    def source(self, value: str) -> None:
        self._settings.setValue("engine/source", value)

    @property
    def recognition(self) -> RecognitionSettings:
        """Detector, embedder, device, learner, compared learners, FPIR and use of the room.

        Keys are not checked against what exists, the engine does; but only methods are compared.
        """
        defaults = RecognitionSettings()
        stored = RecognitionSettings(
            detector=self._text("engine/detector") or defaults.detector,
            embedder=self._text("engine/embedder") or defaults.embedder,
            device=self._text("engine/device") or defaults.device,
            learner=self._text("engine/learner") or defaults.learner,
            compared=tuple(key for key in self._text("engine/compared").split() if key in LEARNERS),
            use_room=self._bool("engine/use_room", default=defaults.use_room),
        )
        try:
            return replace(stored, fpir=float(self._text("engine/fpir")))
        except ValueError:
            return stored

    @recognition.setter
    def recognition(self, value: RecognitionSettings) -> None:
        for name, stored in asdict(value).items():
            text = " ".join(stored) if isinstance(stored, tuple) else str(stored)
            self._settings.setValue(f"engine/{name}", text)

    @property
    def hyperparameters(self) -> dict[str, object]:
        """Each method's settings where they are not its defaults; what is not understood is left out."""
        found: dict[str, object] = {}
        for key in LEARNERS:
            text = self._text(f"hyperparameters/{key}")
            if text:
                with contextlib.suppress(ValueError):
                    found[key] = from_json(key, text)
        return found

    @hyperparameters.setter
    def hyperparameters(self, value: Mapping[str, object]) -> None:
        for key in LEARNERS:
            if value.get(key) is None:
                self._settings.remove(f"hyperparameters/{key}")
            else:
                self._settings.setValue(f"hyperparameters/{key}", to_json(value[key]))

    @property
    def keep_choice(self) -> str:
        """How long the last new person agreed to be kept, as `RetentionBox` reads it; empty: not chosen yet."""
        return self._text("consent/keep")

    @keep_choice.setter
    def keep_choice(self, value: str) -> None:
        self._settings.setValue("consent/keep", value)

    @property
    def consent_purpose(self) -> str:
        """What people are enrolled for; empty: the usual."""
        return self._text("consent/purpose")

    @consent_purpose.setter
    def consent_purpose(self, value: str) -> None:
        self._settings.setValue("consent/purpose", value)

    @property
    def is_deleting_expired(self) -> bool:
        """Whether people are deleted by themselves when the period is over for which they may be kept."""
        return self._bool("privacy/delete-expired", default=False)

    @is_deleting_expired.setter
    def is_deleting_expired(self, value: bool) -> None:
        self._settings.setValue("privacy/delete-expired", value)

    def save(self) -> None:
        """Write to disk what is not there yet; an unwritable disk loses settings and nothing else."""
        self._settings.sync()

    def _text(self, key: str) -> str:
        value = self._settings.value(key, "")
        return value if isinstance(value, str) and len(value) <= _MAX_TEXT and "\0" not in value else ""

    def _bool(self, key: str, *, default: bool) -> bool:
        value = self._settings.value(key, default)
        if isinstance(value, bool):
            return value
        return {"true": True, "false": False}.get(str(value).lower(), default)

    def _bytes(self, key: str) -> QByteArray:
        return remembered_bytes(self._settings, key)

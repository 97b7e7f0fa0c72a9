"""The window's stored state. Whatever is damaged or out of range is read as its default."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Generic, Self, TypeVar, overload

from PySide6.QtCore import QObject, QSettings

from metaface_gui.gui.presentation.parts import parts_of, parts_text
from metaface_gui.gui.remembered import GEOMETRY, THEME, remembered_bytes, remembered_theme, window_settings
from metaface_gui.pipeline.learners import LEARNERS
from metaface_gui.pipeline.learners.hyperparameters import from_json, to_json
from metaface_gui.settings import RecognitionSettings

_MAX_TEXT = 4096
_MAX_DIGITS = 4

T = TypeVar("T")


def _as_it_is(value: object) -> object:
    return value


class Remembered(Generic[T]):
    """An attribute of `WindowState`, stored under `key`.

    `read` takes the settings and the key, and returns a default for an invalid entry; `stored` converts a value to what
    Qt can store.
    """

    def __init__(
        self, key: str, read: Callable[[QSettings, str], T], stored: Callable[[T], object] = _as_it_is
    ) -> None:
        self._key, self._read, self._stored = key, read, stored

    @overload
    def __get__(self, state: None, owner: type[WindowState]) -> Self: ...
    @overload
    def __get__(self, state: WindowState, owner: type[WindowState]) -> T: ...
    def __get__(self, state: WindowState | None, owner: type[WindowState]) -> Self | T:
        """Return the stored value."""
        return self if state is None else self._read(state.settings, self._key)

    def __set__(self, state: WindowState, value: T) -> None:
        """Store the value at once."""
        state.settings.setValue(self._key, self._stored(value))


def _text(settings: QSettings, key: str) -> str:
    value = settings.value(key, "")
    return value if isinstance(value, str) and len(value) <= _MAX_TEXT and "\0" not in value else ""


def _flag(settings: QSettings, key: str, *, default: bool) -> bool:
    value = settings.value(key, default)
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(str(value).lower(), default)


def _on(settings: QSettings, key: str) -> bool:
    return _flag(settings, key, default=True)


def _off(settings: QSettings, key: str) -> bool:
    return _flag(settings, key, default=False)


def _percent(settings: QSettings, key: str) -> int:
    text = str(settings.value(key, ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS else 0


def _folder(settings: QSettings, key: str) -> Path | None:
    text = _text(settings, key)
    return Path(text) if text else None


class WindowState:
    """Typed access to a `QSettings`; assigned values are stored at once, so that a crash loses nothing."""

    def __init__(self, settings: QSettings | None = None, parent: QObject | None = None) -> None:
        self.settings = settings or window_settings(parent)

    @property
    def path(self) -> str:
        """The settings file."""
        return self.settings.fileName()

    geometry = Remembered(GEOMETRY, remembered_bytes)
    """The window's place, for `QWidget.restoreGeometry` (which refuses invalid data)."""
    splitter = Remembered("window/splitter", remembered_bytes)
    """The side panel's width, for `QSplitter.restoreState`."""
    is_panel_visible = Remembered("window/panel", _on)
    """Whether the side panel is open."""
    shows_people_as_pictures = Remembered("window/people-pictures", _off)
    """Whether the side panel shows people as pictures instead of rows."""
    is_studio_visible = Remembered("window/studio", _off)
    """Whether the studio below the video is open."""
    is_studio_large = Remembered("window/studio-large", _off)
    """Whether the studio fills most of the window while it is open."""
    studio_tab = Remembered("window/studio-tab", _text)
    """Key of the studio's open page."""
    studio_splitter = Remembered("window/studio-splitter", remembered_bytes)
    """The studio's height, for `QSplitter.restoreState`."""
    is_method_settings_open = Remembered("window/method-settings", _off)
    """Whether the settings on the method's page are unfolded."""
    presented_parts = Remembered("presentation/parts", lambda settings, key: parts_of(_text(settings, key)), parts_text)
    """What is shown beside the video in a presentation."""
    projector = Remembered("presentation/screen", _text)
    """Name of the screen that the projector used; empty: it was in a window, or never used."""
    recordings = Remembered("window/recordings", _folder, lambda value: "" if value is None else str(value))
    """Folder of recordings and snapshots; None: the platform's."""
    is_tour_seen = Remembered("window/tour-seen", _off)
    """Whether the tour has once started by itself."""
    tab = Remembered("window/tab", _text)
    """Key of the side panel's open tab."""
    theme = Remembered(THEME, lambda settings, _key: remembered_theme(settings), lambda mode: mode.value)
    """Light, dark, or as the system."""
    language = Remembered("window/language", _text)
    """Code of the chosen language; empty: the system's."""
    text_percent = Remembered("window/text-percent", _percent)
    """Text size in percent of the usual one; 0: no number is stored."""
    is_hud_visible = Remembered("view/hud", _on)
    """Whether the HUD is drawn."""
    is_looping = Remembered("view/loop", _on)
    """Whether files loop."""
    mirrors_cameras = Remembered("view/mirror", _on)
    """Whether a camera's picture is shown mirrored."""
    has_countdown = Remembered("enroll/countdown", _on)
    """Whether a click on the record button counts down first."""
    source = Remembered("engine/source", _text)
    """The last source, as `parse_source` reads it; empty: none."""
    keep_choice = Remembered("consent/keep", _text)
    """The period to which the last new person agreed, as `RetentionBox` reads it; empty: not chosen yet."""
    consent_purpose = Remembered("consent/purpose", _text)
    """The purpose of enrolment; empty: the default."""
    is_deleting_expired = Remembered("privacy/delete-expired", _off)
    """Whether people are deleted automatically when their retention period is over."""

    @property
    def recognition(self) -> RecognitionSettings:
        """Detector, embedder, device, learner, compared learners, FPIR and use of the room.

        The engine checks whether keys exist, this does not; only compared learners are limited to existing methods.
        """
        defaults = RecognitionSettings()
        stored = RecognitionSettings(
            detector=_text(self.settings, "engine/detector") or defaults.detector,
            embedder=_text(self.settings, "engine/embedder") or defaults.embedder,
            device=_text(self.settings, "engine/device") or defaults.device,
            learner=_text(self.settings, "engine/learner") or defaults.learner,
            compared=tuple(key for key in _text(self.settings, "engine/compared").split() if key in LEARNERS),
            use_room=_flag(self.settings, "engine/use_room", default=defaults.use_room),
        )
        try:
            return replace(stored, fpir=float(_text(self.settings, "engine/fpir")))
        except ValueError:
            return stored

    @recognition.setter
    def recognition(self, value: RecognitionSettings) -> None:
        for name, stored in asdict(value).items():
            text = " ".join(stored) if isinstance(stored, tuple) else str(stored)
            self.settings.setValue(f"engine/{name}", text)

    @property
    def hyperparameters(self) -> dict[str, object]:
        """Each method's settings that differ from its defaults; invalid ones are left out."""
        found: dict[str, object] = {}
        for key in LEARNERS:
            text = _text(self.settings, f"hyperparameters/{key}")
            if text:
                with contextlib.suppress(ValueError):
                    found[key] = from_json(key, text)
        return found

    @hyperparameters.setter
    def hyperparameters(self, value: Mapping[str, object]) -> None:
        for key in LEARNERS:
            if value.get(key) is None:
                self.settings.remove(f"hyperparameters/{key}")
            else:
                self.settings.setValue(f"hyperparameters/{key}", to_json(value[key]))

    def save(self) -> None:
        """Write unsaved settings to disk; if it is not writable, only settings are lost."""
        self.settings.sync()

"""Where the window's state is stored, and the entries needed before anything heavy is loaded."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QObject, QSettings

from metaface_gui.gui.theme import ThemeMode

GEOMETRY, THEME = "window/geometry", "window/theme"
_MAX_BLOB = 64 * 1024


def window_settings(parent: QObject | None = None) -> QSettings:
    """Open the user's settings file for the window."""
    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "metaface", "window", parent)


def remembered_theme(settings: QSettings) -> ThemeMode:
    """Return the stored theme mode; SYSTEM if none, or an invalid one, is stored."""
    value = settings.value(THEME)
    # Compared one by one: a value with a comma is read as a list, which has no hash.
    return next((mode for mode in ThemeMode if mode.value == value), ThemeMode.SYSTEM)


def remembered_bytes(settings: QSettings, key: str) -> QByteArray:
    """Return a byte array stored for Qt; empty if nothing, another type or too much is stored."""
    value = settings.value(key, QByteArray())
    return value if isinstance(value, QByteArray) and value.size() <= _MAX_BLOB else QByteArray()

"""Check that Qt will find a display and its system libraries before loading Qt, which otherwise ends the process.

Lives here: what Qt's platform plugins for Linux link to, and which package of which distribution contains it. May not
live here: Qt. Its plugin is only loaded as a library, which at worst fails with an error that names what is missing.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import platform
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError

_MISSING_FILE = re.compile(r"^([^\s/:]+\.so[.\d]*): ")
"""Matches glibc's loader error, which is in the system's language. A library that was found but does not load is named
with its folder, so it does not match. The name is the missing library's, even if another library needs it."""


class DesktopError(KnownError):
    """There is no display, or Qt lacks a system library that it needs to draw on it."""


class _Packages(NamedTuple):
    debian: str
    fedora: str


# As `readelf -d` shows them for PySide6 6.8 to 6.11, by soname. Debian's names are Ubuntu's too.
_EVERYWHERE = {
    "libEGL.so.1": _Packages("libegl1", "libglvnd-egl"),
    "libGL.so.1": _Packages("libgl1", "libglvnd-glx"),
    "libX11.so.6": _Packages("libx11-6", "libX11"),
    "libdbus-1.so.3": _Packages("libdbus-1-3", "dbus-libs"),
    "libfontconfig.so.1": _Packages("libfontconfig1", "fontconfig"),
    "libfreetype.so.6": _Packages("libfreetype6", "freetype"),
    "libglib-2.0.so.0": _Packages("libglib2.0-0", "glib2"),
    "libgthread-2.0.so.0": _Packages("libglib2.0-0", "glib2"),
    "libxkbcommon.so.0": _Packages("libxkbcommon0", "libxkbcommon"),
    "libz.so.1": _Packages("zlib1g", "zlib"),
    "libzstd.so.1": _Packages("libzstd1", "libzstd"),
}
_X11 = {
    "libX11-xcb.so.1": _Packages("libx11-xcb1", "libX11-xcb"),
    "libxcb.so.1": _Packages("libxcb1", "libxcb"),
    "libxcb-cursor.so.0": _Packages("libxcb-cursor0", "xcb-util-cursor"),
    "libxcb-icccm.so.4": _Packages("libxcb-icccm4", "xcb-util-wm"),
    "libxcb-image.so.0": _Packages("libxcb-image0", "xcb-util-image"),
    "libxcb-keysyms.so.1": _Packages("libxcb-keysyms1", "xcb-util-keysyms"),
    "libxcb-randr.so.0": _Packages("libxcb-randr0", "libxcb"),
    "libxcb-render.so.0": _Packages("libxcb-render0", "libxcb"),
    "libxcb-render-util.so.0": _Packages("libxcb-render-util0", "xcb-util-renderutil"),
    "libxcb-shape.so.0": _Packages("libxcb-shape0", "libxcb"),
    "libxcb-shm.so.0": _Packages("libxcb-shm0", "libxcb"),
    "libxcb-sync.so.1": _Packages("libxcb-sync1", "libxcb"),
    "libxcb-util.so.1": _Packages("libxcb-util1", "xcb-util"),
    "libxcb-xfixes.so.0": _Packages("libxcb-xfixes0", "libxcb"),
    "libxcb-xkb.so.1": _Packages("libxcb-xkb1", "libxcb"),
    "libxkbcommon-x11.so.0": _Packages("libxkbcommon-x11-0", "libxkbcommon-x11"),
}
_WAYLAND = {
    "libwayland-client.so.0": _Packages("libwayland-client0", "libwayland-client"),
    "libwayland-cursor.so.0": _Packages("libwayland-cursor0", "libwayland-cursor"),
    "libwayland-egl.so.1": _Packages("libwayland-egl1", "libwayland-egl"),
}
_PACKAGES = {**_EVERYWHERE, **_X11, **_WAYLAND}


def desktop_problem(
    environ: Mapping[str, str] | None = None,
    *,
    load: Callable[[str], object] = ctypes.CDLL,
    answers: Callable[[str, Mapping[str, str]], bool] | None = None,
    plugin_dir: Path | None = None,
    distribution: Iterable[str] | None = None,
) -> DesktopError | None:
    """Return why Qt would end the process here; None where it will start, and on Windows and macOS.

    Every platform that Qt would try is checked in Qt's order; one that works is enough. `load` loads a shared library
    or raises `OSError`; `answers` tells whether a platform's display accepts connections; `plugin_dir` holds Qt's
    platform plugins; `distribution` are the names of this Linux. They default to the real ones.
    """
    if not sys.platform.startswith("linux"):
        return None
    environ = os.environ if environ is None else environ
    platforms = qt_platforms(environ)
    if not platforms:
        return DesktopError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "There is no display to open a window on. Run it in a desktop session, or try “metaface demo”, which "
                "needs none.",
            )
        )
    plugin_dir = _plugin_dir() if plugin_dir is None else plugin_dir
    if plugin_dir is None or not plugin_dir.is_dir():
        return None  # A distribution's own PySide6 keeps them elsewhere; its packages bring their dependencies.
    silent: DesktopError | None = None
    broken: DesktopError | None = None
    for name in platforms:
        problem = _plugin_problem(name, plugin_dir, load, distribution)
        if problem is not None:
            broken = broken or problem
        elif (answers or display_answers)(name, environ):
            return None
        else:
            silent = silent or _silent_display(name, environ)
    # Missing libraries come first: they can be installed, while a silent display may be one that is no longer in use.
    return broken or silent


def qt_platforms(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the platform plugins that Qt 6 tries on Linux, in its order; empty without a display.

    `QT_QPA_PLATFORM` is a semicolon-separated list, each name with arguments after a colon. Without it Qt tries
    Wayland, then X11, by `WAYLAND_DISPLAY`, `XDG_SESSION_TYPE` and `DISPLAY`
    (QGuiApplicationPrivate::createPlatformIntegration).
    """
    if chosen := environ.get("QT_QPA_PLATFORM"):
        return tuple(name.split(":")[0] for name in chosen.split(";") if name)
    has_wayland = bool(environ.get("WAYLAND_DISPLAY")) or environ.get("XDG_SESSION_TYPE") == "wayland"
    has_x11 = bool(environ.get("DISPLAY"))
    return ("wayland",) * has_wayland + ("xcb",) * has_x11


def display_answers(name: str, environ: Mapping[str, str]) -> bool:
    """Connect to a platform's display and disconnect; True for platforms without a display server.

    Uses the same C libraries as Qt, so it sees what Qt will see: sockets, forwarding and permissions.
    """
    if name == "xcb":
        xcb = ctypes.CDLL("libxcb.so.1")
        xcb.xcb_connect.restype = ctypes.c_void_p
        connection = ctypes.c_void_p(xcb.xcb_connect(environ.get("DISPLAY", "").encode() or None, None))
        failed = bool(xcb.xcb_connection_has_error(connection))
        xcb.xcb_disconnect(connection)
        return not failed
    if name.startswith("wayland"):
        wayland = ctypes.CDLL("libwayland-client.so.0")
        wayland.wl_display_connect.restype = ctypes.c_void_p
        display = ctypes.c_void_p(wayland.wl_display_connect(environ.get("WAYLAND_DISPLAY", "").encode() or None))
        if display.value is None:
            return False
        wayland.wl_display_disconnect(display)
    return True


def _plugin_dir() -> Path | None:
    """Return PySide6's folder of Qt's platform plugins, without importing it, which may fail for lack of a library."""
    spec = importlib.util.find_spec("PySide6")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "Qt" / "plugins" / "platforms"


def _plugin_problem(
    name: str, folder: Path, load: Callable[[str], object], distribution: Iterable[str] | None
) -> DesktopError | None:
    # One file may serve several names: libqwayland.so is also wayland-egl; up to 6.9 each name had its own file.
    pattern = "libqwayland*.so" if name.startswith("wayland") else f"libq{name}.so"
    plugins = sorted(folder.glob(pattern))
    if not plugins:
        names = sorted(path.stem.removeprefix("libq") for path in folder.glob("libq*.so"))
        return DesktopError(
            QT_TRANSLATE_NOOP(
                "Errors", "Qt has no platform named “{name}”. Unset QT_QPA_PLATFORM, or set it to one of: {names}."
            ),
            name=name,
            names=", ".join(names),
        )
    failure = _load_failure(str(plugins[0]), load)
    if failure is None:
        return None
    own = _X11 if name == "xcb" else _WAYLAND if name.startswith("wayland") else {}
    # The loader stops at the first missing library; nobody wants to install them one by one.
    failures = [failure, *(_load_failure(soname, load) for soname in (*_EVERYWHERE, *own))]
    missing = sorted({match[1] for text in failures if text and (match := _MISSING_FILE.match(text))})
    if missing:
        return _missing_libraries(missing, _distribution() if distribution is None else distribution)
    return DesktopError(
        QT_TRANSLATE_NOOP("Errors", "Qt cannot load {plugin}: {reason}. Install PySide6 again, or update the system."),
        plugin=plugins[0].name,
        reason=failure,
    )


def _load_failure(library: str, load: Callable[[str], object]) -> str | None:
    try:
        load(library)
    except OSError as error:
        return str(error)
    return None


def _missing_libraries(sonames: list[str], distribution: Iterable[str]) -> DesktopError:
    names = set(distribution)
    known = [_PACKAGES[soname] for soname in sonames if soname in _PACKAGES]
    unknown = [soname for soname in sonames if soname not in _PACKAGES]
    if names & {"debian", "ubuntu"} and not unknown:
        command = "apt-get install " + " ".join(sorted({packages.debian for packages in known}))
    elif names & {"fedora", "rhel"}:
        # RPM packages can be requested by the files they provide.
        wanted = sorted({packages.fedora for packages in known}) + [f"'{soname}()(64bit)'" for soname in unknown]
        command = "dnf install " + " ".join(wanted)
    else:
        return DesktopError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "Qt needs system libraries that are missing: {libraries}. Install the packages that contain them; on "
                "Debian these are {packages}.",
            ),
            libraries=", ".join(sonames),
            packages=", ".join(sorted({packages.debian for packages in known})) or "–",
        )
    return DesktopError(
        QT_TRANSLATE_NOOP(
            "Errors", "Qt needs system libraries that are missing: {libraries}. Install them as root: {command}"
        ),
        libraries=", ".join(sonames),
        command=command,
    )


def _distribution() -> tuple[str, ...]:
    """Return this Linux's name and those of its relatives, from os-release(5)."""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return ()
    return (release["ID"], *release.get("ID_LIKE", "").split())


def _silent_display(name: str, environ: Mapping[str, str]) -> DesktopError:
    variable = "DISPLAY" if name == "xcb" else "WAYLAND_DISPLAY"
    return DesktopError(
        QT_TRANSLATE_NOOP(
            "Errors",
            "The display {display} does not respond. Check {variable} and whether this user may use the display; "
            "“metaface demo” works without one.",
        ),
        display=environ.get(variable) or "wayland-0",
        variable=variable,
    )

from __future__ import annotations

import ctypes
import platform
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from metaface_gui import desktop_check
from metaface_gui.desktop_check import DesktopError, desktop_problem, display_answers, qt_platforms

X11 = {"DISPLAY": ":0"}
DEBIAN = ("debian",)
FEDORA = ("fedora",)


class Loader:
    """Stands for `ctypes.CDLL` on a machine that lacks some libraries; Qt's plugin fails with the first of them."""

    def __init__(
        self, *missing: str, reason: str = "cannot open shared object file: No such file or directory"
    ) -> None:
        self.missing = missing
        self.reason = reason
        self.asked: list[str] = []

    def __call__(self, library: str) -> object:
        self.asked.append(library)
        is_plugin = "/" in library
        if self.missing and (is_plugin or library in self.missing):
            raise OSError(f"{self.missing[0] if is_plugin else library}: {self.reason}")
        return object()


def yes(name: str, environ: Mapping[str, str]) -> bool:
    return True


def no(name: str, environ: Mapping[str, str]) -> bool:
    return False


@pytest.fixture(autouse=True)
def _linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")


@pytest.fixture
def plugins(tmp_path: Path) -> Path:
    for name in ("libqxcb.so", "libqwayland.so", "libqoffscreen.so"):
        (tmp_path / name).touch()
    return tmp_path


def problem(
    plugins: Path,
    environ: Mapping[str, str] = X11,
    load: Loader | None = None,
    *,
    is_silent: bool = False,
    distribution: tuple[str, ...] = DEBIAN,
) -> str | None:
    found = desktop_problem(
        environ,
        load=load or Loader(),
        answers=no if is_silent else yes,
        plugin_dir=plugins,
        distribution=distribution,
    )
    return None if found is None else str(found)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, ()),
        ({"DISPLAY": "", "WAYLAND_DISPLAY": ""}, ()),
        ({"DISPLAY": ":0"}, ("xcb",)),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, ("wayland", "xcb")),
        ({"DISPLAY": ":0", "XDG_SESSION_TYPE": "wayland"}, ("wayland", "xcb")),
        ({"DISPLAY": ":0", "XDG_SESSION_TYPE": "x11"}, ("xcb",)),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen:size=1x1"}, ("offscreen",)),
        ({"QT_QPA_PLATFORM": "wayland;xcb"}, ("wayland", "xcb")),
    ],
)
def test_platforms_come_in_qts_order(environ: dict[str, str], expected: tuple[str, ...]) -> None:
    assert qt_platforms(environ) == expected


def test_where_all_is_well_nothing_is_said(plugins: Path) -> None:
    load = Loader()
    assert problem(plugins, load=load) is None
    assert load.asked == [str(plugins / "libqxcb.so")]


def test_no_display_at_all(plugins: Path) -> None:
    assert "no display" in str(problem(plugins, {}))


def test_all_missing_libraries_are_named_at_once_with_debians_command(plugins: Path) -> None:
    load = Loader("libxcb-cursor.so.0", "libxcb-icccm.so.4", "libxcb-keysyms.so.1", "libEGL.so.1", "libxcb-shape.so.0")
    text = str(problem(plugins, load=load, distribution=("linuxmint", "ubuntu", "debian")))
    assert "libEGL.so.1, libxcb-cursor.so.0, libxcb-icccm.so.4, libxcb-keysyms.so.1, libxcb-shape.so.0" in text
    assert text.endswith("apt-get install libegl1 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0")


def test_fedoras_command(plugins: Path) -> None:
    load = Loader("libxcb-cursor.so.0", "libxcb-icccm.so.4", "libxkbcommon-x11.so.0", "libEGL.so.1")
    text = str(problem(plugins, load=load, distribution=FEDORA))
    assert text.endswith("dnf install libglvnd-egl libxkbcommon-x11 xcb-util-cursor xcb-util-wm")


def test_a_library_that_only_a_newer_qt_needs_is_named_too(plugins: Path) -> None:
    load = Loader("libnewer.so.7", "libxcb-cursor.so.0")
    assert str(problem(plugins, load=load, distribution=FEDORA)).endswith(
        "dnf install xcb-util-cursor 'libnewer.so.7()(64bit)'"
    )
    assert "libnewer.so.7" in str(problem(plugins, load=load, distribution=DEBIAN))


@pytest.mark.parametrize("distribution", [(), ("arch",)])
def test_elsewhere_the_packages_are_only_described(plugins: Path, distribution: tuple[str, ...]) -> None:
    text = str(problem(plugins, load=Loader("libxcb-cursor.so.0"), distribution=distribution))
    assert "libxcb-cursor.so.0" in text
    assert "libxcb-cursor0" in text
    assert "apt-get" not in text


def test_one_platform_that_works_is_enough(plugins: Path) -> None:
    both = {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}

    class WithoutWayland(Loader):
        def __call__(self, library: str) -> object:
            return object() if "xcb" in library else super().__call__(library)

    assert problem(plugins, both, WithoutWayland("libwayland-cursor.so.0")) is None
    text = problem(plugins, {"WAYLAND_DISPLAY": "wayland-0"}, WithoutWayland("libwayland-cursor.so.0"))
    assert str(text).endswith("apt-get install libwayland-cursor0")


def test_a_display_that_does_not_answer_is_named(plugins: Path) -> None:
    assert "The display :9 does not respond. Check DISPLAY" in str(problem(plugins, {"DISPLAY": ":9"}, is_silent=True))
    text = str(problem(plugins, {"XDG_SESSION_TYPE": "wayland"}, is_silent=True))
    assert "The display wayland-0 does not respond. Check WAYLAND_DISPLAY" in text


def test_what_can_be_installed_is_said_before_what_cannot_be_reached(plugins: Path) -> None:
    environ = {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}

    class WithoutX11(Loader):
        def __call__(self, library: str) -> object:
            return object() if "wayland" in library else super().__call__(library)

    assert "libxcb-cursor0" in str(problem(plugins, environ, WithoutX11("libxcb-cursor.so.0"), is_silent=True))


def test_a_platform_that_qt_does_not_have(plugins: Path) -> None:
    text = str(problem(plugins, {"QT_QPA_PLATFORM": "xbc"}))
    assert "no platform named “xbc”" in text
    assert "offscreen, wayland, xcb" in text


def test_any_other_failure_of_the_plugin_is_passed_on(plugins: Path) -> None:
    text = str(problem(plugins, load=Loader("/lib/libc.so.6", reason="version `GLIBC_2.99' not found")))
    assert "libqxcb.so: /lib/libc.so.6: version `GLIBC_2.99' not found" in text


def test_where_qts_plugins_are_unknown_qt_is_left_to_itself(tmp_path: Path) -> None:
    assert problem(tmp_path / "elsewhere", load=Loader("libxcb-cursor.so.0")) is None


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_other_systems_are_not_asked(monkeypatch: pytest.MonkeyPatch, plugins: Path, system: str) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert problem(plugins, {}, Loader("libEGL.so.1")) is None


def test_the_distribution_is_read_from_os_release(monkeypatch: pytest.MonkeyPatch, plugins: Path) -> None:
    def command() -> str:
        return str(desktop_problem(X11, load=Loader("libEGL.so.1"), answers=yes, plugin_dir=plugins))

    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: {"ID": "rocky", "ID_LIKE": "rhel centos fedora"})
    assert "dnf install libglvnd-egl" in command()

    def none() -> dict[str, str]:
        raise OSError("no os-release")

    monkeypatch.setattr(platform, "freedesktop_os_release", none)
    assert "on Debian these are libegl1" in command()


def test_offscreen_this_very_machine_has_no_problem() -> None:
    assert desktop_problem({"QT_QPA_PLATFORM": "offscreen"}) is None


def test_qt_is_not_imported_to_find_out() -> None:
    code = (
        "import sys; from metaface_gui.desktop_check import desktop_problem;"
        "desktop_problem({'QT_QPA_PLATFORM': 'offscreen'});"
        "sys.exit('PySide6' in sys.modules or 'torch' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_real_library_that_is_missing_is_recognised(plugins: Path) -> None:
    def load(library: str) -> object:
        return ctypes.CDLL("libmetaface-no-such.so.3" if "/" in library else None)

    found = desktop_problem(X11, load=load, answers=yes, plugin_dir=plugins, distribution=FEDORA)
    assert isinstance(found, DesktopError)
    assert "'libmetaface-no-such.so.3()(64bit)'" in str(found)


@pytest.mark.parametrize(("name", "library"), [("xcb", "libxcb.so.1"), ("wayland", "libwayland-client.so.0")])
def test_nobody_answers_where_there_is_no_display(
    name: str, library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        ctypes.CDLL(library)
    except OSError:
        pytest.skip(f"{library} is not installed here")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert not display_answers(name, {"DISPLAY": ":64123", "WAYLAND_DISPLAY": "wayland-none"})


def test_platforms_without_a_server_always_answer() -> None:
    assert display_answers("offscreen", {})


def test_every_library_has_its_packages() -> None:
    for packages in desktop_check._PACKAGES.values():
        assert packages.debian == packages.debian.lower()
        assert packages.fedora

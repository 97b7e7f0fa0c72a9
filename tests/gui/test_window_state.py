"""What the window remembers, also from damaged settings."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings

from metaface_gui.gui.theme import ThemeMode
from metaface_gui.gui.window_state import WindowState
from metaface_gui.pipeline.learners import LEARNERS
from metaface_gui.pipeline.learners.hyperparameters import hyperparameters_of, with_value
from metaface_gui.settings import RecognitionSettings


def open_state(path: Path) -> WindowState:
    return WindowState(QSettings(str(path), QSettings.Format.IniFormat))


def test_everything_comes_back(tmp_path: Path) -> None:
    state = open_state(tmp_path / "window.ini")
    state.geometry = QByteArray(b"\x01\x02")
    state.splitter = QByteArray(b"\x03")
    state.is_panel_visible = False
    state.is_hud_visible = False
    state.is_looping = False
    state.tab = "unknown"
    state.theme = ThemeMode.LIGHT
    state.language = "de"
    state.source = "rtsp://camera, näher/ü;=%1"
    recognition = RecognitionSettings("mtcnn", "facenet-casia", "cuda", "stock", 0.001, ("maml", "rl2"), use_room=False)
    state.recognition = recognition
    state.is_studio_visible = True
    state.studio_tab = "why"
    state.studio_splitter = QByteArray(b"\x04")
    state.is_method_settings_open = True
    state.save()
    again = open_state(tmp_path / "window.ini")
    assert not again.is_looping
    assert again.geometry == QByteArray(b"\x01\x02")
    assert again.splitter == QByteArray(b"\x03")
    assert not again.is_panel_visible
    assert not again.is_hud_visible
    assert (again.tab, again.theme, again.language) == ("unknown", ThemeMode.LIGHT, "de")
    assert again.source == "rtsp://camera, näher/ü;=%1"
    assert again.recognition == recognition
    assert again.is_studio_visible
    assert again.studio_tab == "why"
    assert again.studio_splitter == QByteArray(b"\x04")
    assert again.is_method_settings_open


def test_without_a_file_there_are_defaults(tmp_path: Path) -> None:
    state = open_state(tmp_path / "none.ini")
    assert state.theme is ThemeMode.SYSTEM
    assert state.is_hud_visible
    assert state.is_panel_visible
    assert state.recognition == RecognitionSettings()
    assert (state.source, state.language, state.tab, state.studio_tab) == ("", "", "", "")
    assert not state.is_studio_visible
    assert not state.is_method_settings_open
    assert state.hyperparameters == {}
    assert state.geometry.isEmpty()


@pytest.mark.qt_log_ignore("QVariant::load", extend=True)
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff\xfe garbage \x00" * 50,
        b"[engine]\nfpir=2\n[window]\ntheme=purple\n",
        b"[engine]\nfpir=nan\n",
        b"[engine]\nfpir=one in a hundred\n",
        b"[engine]\nfpir=-0.5\nsource=a, b, c\n",
        b"[window]\ngeometry=@Variant(\\0\\0\\0\\x7f)\ntheme=@Invalid()\npanel=perhaps\n",
        b"[window\ntheme=dark\n[view]\nhud=@ByteArray(\\x1)\n",
        b"[window]\ntheme=" + b"x" * 100_000 + b"\n",
        b"[window]\ntheme=light, dark\n",
    ],
)
def test_damaged_settings_read_as_defaults(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "window.ini"
    path.write_bytes(content)
    state = open_state(path)
    assert state.theme in ThemeMode
    assert state.recognition == RecognitionSettings()
    assert isinstance(state.geometry, QByteArray)
    assert isinstance(state.source, str)
    assert state.is_hud_visible
    assert state.is_panel_visible
    state.theme = ThemeMode.DARK
    state.save()
    assert open_state(path).theme is ThemeMode.DARK


@pytest.mark.parametrize("key", list(LEARNERS))
def test_every_methods_settings_come_back(tmp_path: Path, key: str) -> None:
    knob = hyperparameters_of(key)[0]
    values = {
        "integer": int(knob.high),
        "real": knob.high,
        "flag": not knob.default,
        "choice": "".join(knob.choices[-1:]),
    }
    turned = with_value(key, None, knob.name, values[knob.kind.value])
    state = open_state(tmp_path / "window.ini")
    state.hyperparameters = {key: turned}
    state.save()
    again = open_state(tmp_path / "window.ini")
    assert again.hyperparameters == {key: turned}
    again.hyperparameters = {}
    again.save()
    assert open_state(tmp_path / "window.ini").hyperparameters == {}


@pytest.mark.parametrize(
    ("compared", "understood"),
    [
        ("", ()),
        ("maml rl2", ("maml", "rl2")),
        ("maml maml prototypical", ("maml",)),  # each once, and not the deciding one
        ("stock nothing \ue000 maml", ("maml",)),
        ("maml, rl2", ()),  # a list is none of ours
        ("x" * 100_000, ()),
    ],
)
def test_only_methods_are_compared(tmp_path: Path, compared: str, understood: tuple[str, ...]) -> None:
    path = tmp_path / "window.ini"
    path.write_text(f"[engine]\ncompared={compared}\n", "utf-8")
    assert open_state(path).recognition.compared == understood


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}}",
        "null",
        "[1, 2]",
        '{"inner_steps": 1000000}',
        '{"inner_steps": "five"}',
        '{"inner_steps": true}',
        '{"inner_lr": NaN}',
        '{"nothing": 1}',
        "[" * 4000,
        "{" + '"a":' * 100_000,
    ],
)
def test_settings_of_methods_that_are_not_understood_are_left_out(tmp_path: Path, text: str) -> None:
    good = with_value("rl2", None, "trials", 2)
    state = open_state(tmp_path / "window.ini")
    state.hyperparameters = {"rl2": good}
    state.save()
    store = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    store.setValue("hyperparameters/maml", text)
    store.setValue("hyperparameters/nobody", "{}")
    store.sync()
    assert open_state(tmp_path / "window.ini").hyperparameters == {"rl2": good}


def test_a_folder_that_cannot_be_written_loses_only_the_settings(tmp_path: Path) -> None:
    path = tmp_path / "file" / "window.ini"
    (tmp_path / "file").touch()  # a file where a folder should be
    state = open_state(path)
    state.theme = ThemeMode.LIGHT
    state.save()
    assert state.theme is ThemeMode.LIGHT


def test_the_default_place_is_the_users_own() -> None:
    assert WindowState().path.endswith("window.ini")

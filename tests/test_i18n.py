"""The one wrapper around Qt's translation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QDate, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from metaface_gui.errors import SourceError
from metaface_gui.gui.learner_words import drawn_words
from metaface_gui.i18n import (
    available_languages,
    best_language,
    error_text,
    install_translation,
    issue_text,
    language_name,
    plain,
    refusal_text,
    remove_translation,
    shown_title,
    spoken_language,
    translate,
)
from metaface_gui.types import QualityIssue


class Dictionary(QTranslator):
    """A translator made of a dictionary."""

    def __init__(self, words: dict[tuple[str, str], str]) -> None:
        super().__init__()
        self._words = words

    def translate(self, context: str, text: str, note: str | None = None, n: int = -1) -> str:
        return self._words.get((context, text), "")

    def isEmpty(self) -> bool:  # noqa: N802 - Qt's name
        return False


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    words = {
        ("Errors", "{path} is gone. Choose another."): "{path} ist weg. Bitte etwas anderes wählen.",
        ("Guidance", "Come closer"): "Näher kommen",
        ("Test", "{n} people"): "{m} Leute",
    }
    translator = Dictionary(words)
    QCoreApplication.installTranslator(translator)
    yield
    QCoreApplication.removeTranslator(translator)


def test_values_are_filled_in() -> None:
    assert translate("Test", "{n} people", n=3) == "3 people"
    assert translate("Test", "in {context}: {text}", context="a", text="b") == "in a: b"


@pytest.mark.usefixtures("german")
def test_errors_and_guidance_are_translated() -> None:
    error = SourceError("{path} is gone. Choose another.", path="a.mp4")
    assert error_text(error) == "a.mp4 ist weg. Bitte etwas anderes wählen."
    assert str(error) == "a.mp4 is gone. Choose another."
    assert issue_text(QualityIssue.TOO_SMALL) == "Näher kommen"


@pytest.mark.usefixtures("german")
def test_a_translation_with_a_wrong_placeholder_falls_back_to_english() -> None:
    assert translate("Test", "{n} people", n=3) == "3 people"


@pytest.mark.parametrize("issue", QualityIssue)
def test_every_issue_has_words(issue: QualityIssue) -> None:
    assert issue_text(issue)
    assert refusal_text(issue)
    assert len(issue_text(issue)) < 60  # one line on the video


def test_languages_are_found_by_their_files(tmp_path: Path) -> None:
    assert available_languages(tmp_path) == []
    for name in ("metaface_de.qm", "metaface_pt_BR.qm", "qtbase_fr.qm"):
        (tmp_path / name).touch()
    assert available_languages(tmp_path) == ["de", "pt_BR"]
    assert language_name("de") == "Deutsch"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("&File", "File"), ("M&ap…", "Map…"), ("文件(&F)", "文件"), ("导入(&I)…", "导入…"), ("Save (S)", "Save (S)")],
)
def test_a_menus_text_without_its_accelerator(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_a_missing_or_damaged_translation_leaves_english(qapp: QApplication, tmp_path: Path) -> None:
    (tmp_path / "metaface_de.qm").write_bytes(b"no translation")
    assert not install_translation(qapp, "de", tmp_path)
    assert not install_translation(qapp, "fr", tmp_path)
    assert translate("Guidance", "Come closer") == "Come closer"


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (["zh-CN", "zh"], "zh_CN"),
        (["zh-Hans-SG", "en"], "zh_CN"),
        (["zh-TW"], ""),
        (["en-US", "zh-CN"], ""),  # who reads English first gets English, although another language has a file
        (["fr-FR", "zh-CN"], "zh_CN"),
        (["pt-PT"], "pt_BR"),
        (["de-AT"], "de"),
        (["C"], ""),
        ([], ""),
    ],
)
def test_the_readers_first_language_that_there_is_is_taken(wanted: list[str], expected: str) -> None:
    assert best_language(wanted, ["de", "pt_BR", "zh_CN"]) == expected


@pytest.fixture
def speaking(qapp: QApplication) -> Iterator[QApplication]:
    yield qapp
    install_translation(qapp, "en")


def test_chinese_is_spoken_and_given_up_again(speaking: QApplication) -> None:
    def installed() -> int:
        return len(speaking.findChildren(QTranslator))

    before = installed()
    assert install_translation(speaking, "zh_CN")
    assert translate("Guidance", "Come closer") == "请靠近一些"
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "取消"
    assert install_translation(speaking, "zh_CN")
    assert installed() == before + 2, "the former translators are taken away"
    assert spoken_language(speaking) == "zh_CN"
    assert install_translation(speaking, "en")
    assert translate("Guidance", "Come closer") == "Come closer"
    assert installed() == before
    assert spoken_language(speaking) == ""
    assert not install_translation(speaking, "xx")


def test_dates_are_written_in_the_language_that_was_chosen(speaking: QApplication) -> None:
    install_translation(speaking, "zh_CN")
    assert QLocale().toString(QDate(2026, 3, 1), QLocale.FormatType.LongFormat).startswith("2026年3月1日")
    install_translation(speaking, "en")
    assert "March" in QLocale().toString(QDate(2026, 3, 1), QLocale.FormatType.LongFormat)
    remove_translation(speaking)
    assert QLocale() == QLocale.system()


def test_dates_and_numbers_are_english_where_the_words_are(
    speaking: QApplication, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    german = QLocale("de_DE")
    monkeypatch.setattr(QLocale, "system", lambda: german)
    install_translation(speaking, "", tmp_path)
    assert QLocale().toString(1000) == "1,000"
    (tmp_path / "metaface_de.qm").touch()
    install_translation(speaking, "", tmp_path)
    assert QLocale().toString(1000) == "1.000"


def test_titles_of_sources_and_errors_within_errors_are_translated_too(speaking: QApplication) -> None:
    install_translation(speaking, "zh_CN")
    assert [shown_title(title) for title in ("Camera 2", "Demo scene", "Camera man.mp4", "")] == [
        "摄像头 2",
        "演示场景",
        "Camera man.mp4",
        "",
    ]
    inner = SourceError("{path} is not a video that can be read. Choose an MP4, MOV, AVI or MKV.", path="a.txt")
    outer = SourceError("{path} cannot be opened, read or written ({reason}). Check it.", path="Camera 0", reason=inner)
    assert error_text(outer).startswith("摄像头 0 cannot")
    assert "a.txt 不是可以读取的视频" in error_text(outer)


def test_what_recordings_say_is_in_the_windows_language(speaking: QApplication) -> None:
    assert (drawn_words().unknown, drawn_words().titles["siamese"]) == ("Unknown", "Siamese")
    install_translation(speaking, "zh_CN")
    assert (drawn_words().unknown, drawn_words().titles["siamese"]) == ("未知", "孪生网络")


def test_chinese_can_be_chosen_by_its_own_name() -> None:
    assert "zh_CN" in available_languages()
    assert language_name("zh_CN") == "简体中文"
    assert language_name("en") == "English"

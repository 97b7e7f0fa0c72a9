from __future__ import annotations

import pytest

from metaface_gui.errors import GalleryError
from metaface_gui.gallery import MAX_NAME, clean_name, name_key


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  Ann \t  Lee\n", "Ann Lee"),
        ("Zoe\u0308", "Zoë"),
        ("a\u00a0b", "a b"),
        ('👩🏽‍🚀 / "O\'Neil"; DROP TABLE person;--', '👩🏽‍🚀 / "O\'Neil"; DROP TABLE person;--'),
        ("\u200f\u0645\u062d\u0645\u062f\u200f", "\u0645\u062d\u0645\u062f"),
        ("Ann\u200b", "Ann"),
        ("A\u200dnn\ufe0f", "Ann"),
        ("\u202eAnn\u2066 Lee\u2069", "Ann Lee"),
        ("\ufeffAnn\u00ad\u034f\u3164Lee\u2800", "Ann Lee"),
        ("Ann\u2003\u3000\u2028Lee", "Ann Lee"),
        ("👩\u200d❤\ufe0f\u200d👨 1\ufe0f\u20e3", "👩\u200d❤\ufe0f\u200d👨 1\ufe0f\u20e3"),
        ("🏴\U000e0067\U000e0062\U000e007f", "🏴\U000e0067\U000e0062\U000e007f"),
        ("A\U000e0067nn", "Ann"),
        ("\u0639\u0644\u06cc\u200c\u0631\u0636\u0627", "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627"),
        ("\u0915\u094d\u200d\u0937", "\u0915\u094d\u200d\u0937"),
        ("葛\U000e0100城", "葛\U000e0100城"),
        ("../../etc/passwd", "../../etc/passwd"),
        ("x" * MAX_NAME, "x" * MAX_NAME),
    ],
)
def test_name_is_stored_tidied(typed: str, stored: str) -> None:
    assert clean_name(typed) == stored


@pytest.mark.parametrize("typed", ["", " \t\n", "\u200b\u200d", "\u202e", "\u00a0", "\u3164\u2800", "\ufe0f"])
def test_name_with_nothing_to_see_is_refused(typed: str) -> None:
    with pytest.raises(GalleryError, match="empty"):
        clean_name(typed)


@pytest.mark.parametrize("typed", ["a\0b", "\x1b[31mred", "bell\a", "half\ud83d"])
def test_control_characters_are_refused(typed: str) -> None:
    with pytest.raises(GalleryError, match="control characters"):
        clean_name(typed)


@pytest.mark.parametrize("length", [MAX_NAME + 1, 10_000, 1_000_000])
def test_long_name_is_refused_without_repeating_it(length: int) -> None:
    with pytest.raises(GalleryError, match=f"{length} characters long; at most 200") as caught:
        clean_name("x" * length)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("STRASSE", "straße"),
        ("Ａｎｎ", "ann"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("Ann", "A\u200bnn"),
        ("علی\u200cرضا", "علیرضا"),
        ("❤\ufe0f", "❤"),
        ("葛\U000e0100", "葛"),
        ("Ann\u3000Lee", "ann lee"),
    ],
)
def test_spellings_of_one_name_have_one_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_different_names_have_different_keys() -> None:
    assert name_key("Ann") != name_key("Anne")

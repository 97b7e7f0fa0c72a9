"""Numbers that no command can use are refused before anything is done, and the help says which commands create."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Metaface


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("enroll", "Ada", "a.jpg", "--gallery", "g", "--shots", "0"), "“0” is less than 1"),
        (("enroll", "Ada", "a.jpg", "--gallery", "g", "--shots", "-3"), "“-3” is not a whole number"),
        (("demo", "--seconds", "nan"), "“nan” is not a number above 0"),
        (("demo", "--seconds", "inf"), "“inf” is not a number above 0"),
        (("recognize", "a.mp4", "--gallery", "g", "--fpir", "1"), "“1” is not a share between 0 and 1"),
    ],
)
def test_a_number_out_of_range_is_a_usage_error(metaface: Metaface, arguments: tuple[str, ...], words: str) -> None:
    outcome = metaface(*arguments)
    assert outcome.code == 2
    assert words in outcome.err


@pytest.mark.parametrize(
    ("arguments", "creates"),
    [(("enroll",), True), (("gallery", "import"), True), (("recognize",), False), (("gallery", "list"), False)],
)
def test_the_help_says_whether_a_gallery_is_created(
    metaface: Metaface, arguments: tuple[str, ...], creates: bool
) -> None:
    help_text = " ".join(metaface(*arguments, "--help").out.split())
    assert "gallery file" in help_text
    assert ("created if it does not exist" in help_text) is creates

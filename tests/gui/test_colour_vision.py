"""That the yardsticks themselves are right."""

from __future__ import annotations

import pytest

from tests.gui.colour_vision import COLOUR_VISION, Lab, as_seen, colour_difference, contrast


@pytest.mark.parametrize(
    ("one", "other", "difference"),
    [  # pairs 1, 7, 13, 17, 25 and 34 of Sharma, Wu and Dalal (2005), table 1
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
        ((50.0, -0.001, 2.49), (50.0, 0.0009, -2.49), 4.8045),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_difference_is_that_of_the_paper(one: Lab, other: Lab, difference: float) -> None:
    assert colour_difference(one, other) == pytest.approx(difference, abs=1e-4)
    assert colour_difference(other, one) == pytest.approx(difference, abs=1e-4)


def test_lab_of_known_colours() -> None:
    assert as_seen("#ffffff", "normal") == pytest.approx((100.0, 0.0, 0.0), abs=0.02)
    assert as_seen("#ff0000", "normal") == pytest.approx((53.24, 80.09, 67.20), abs=0.05)


@pytest.mark.parametrize("vision", COLOUR_VISION)
def test_greys_look_the_same_to_everybody(vision: str) -> None:
    for grey in ("#000000", "#808080", "#ffffff"):
        assert colour_difference(as_seen(grey, vision), as_seen(grey, "normal")) < 0.1


def test_the_classical_confusions_are_confusions() -> None:
    """A green and an orange that deuteranopes confuse, a blue and a green that tritanopes do."""

    def loss(a: str, b: str, vision: str) -> float:
        seen = colour_difference(as_seen(a, vision), as_seen(b, vision))
        return seen / colour_difference(as_seen(a, "normal"), as_seen(b, "normal"))

    assert loss("#8f8f00", "#c87000", "deuteranopia") < 0.4
    assert loss("#0099cc", "#00a59a", "tritanopia") < 0.4


def test_contrast_is_measured_as_wcag_does() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest

from metaface_gui.gallery import MAX_CHIP_BYTES, MAX_DIM, NewConsent, Templates
from tests.gallery.conftest import MakeShot


@pytest.mark.parametrize(
    "changes",
    [
        {"chip": b""},
        {"chip": bytes(MAX_CHIP_BYTES + 1)},
        {"quality": 1.01},
        {"quality": float("nan")},
        {"landmarks": np.zeros((2, 5), np.float32)},
        {"landmarks": np.zeros((5, 2))},
        {"landmarks": np.full((5, 2), np.inf, np.float32)},
        {"box_xyxy": np.zeros(5, np.float32)},
        {"taken_at": datetime(2024, 1, 1)},
        {"source": "a dream"},
        {"embeddings": {"e": np.zeros((1, 4), np.float32)}},
        {"embeddings": {"e": np.zeros(4)}},
        {"embeddings": {"e": np.array([np.nan], np.float32)}},
        {"embeddings": {"e": np.zeros(MAX_DIM + 1, np.float32)}},
        {"embeddings": {"": np.zeros(4, np.float32)}},
        {"embeddings": {"\ud800": np.zeros(4, np.float32)}},
    ],
)
def test_shot_that_does_not_fit_is_refused(make_shot: MakeShot, changes: dict[str, object]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each case has a text of its own
        replace(make_shot(), **changes)  # type: ignore[arg-type]


def test_shot_does_not_share_arrays_with_its_maker(make_shot: MakeShot) -> None:
    box = np.array([1, 2, 3, 4], np.float32)
    shot = replace(make_shot(), box_xyxy=box)
    box[0] = 99
    assert shot.box_xyxy[0] == 1
    with pytest.raises(ValueError, match="read-only"):
        shot.box_xyxy[0] = 5


def test_times_become_utc(make_shot: MakeShot) -> None:
    noon_in_india = datetime(2024, 1, 1, 12, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    shot = replace(make_shot(), taken_at=noon_in_india)
    assert shot.taken_at.isoformat() == "2024-01-01T06:30:00+00:00"


@pytest.mark.parametrize("text", ["", "  ", "a\0b", "x" * 2001, "\udcff"])
def test_consent_needs_real_texts(text: str) -> None:
    with pytest.raises(ValueError, match="purpose"):
        NewConsent(given_at=datetime.now(UTC), purpose=text, given_by="she", text_version="1")


@pytest.mark.parametrize(
    ("features", "people", "shots"),
    [
        (np.zeros(2, np.float32), [1, 1], [1, 2]),
        (np.zeros((2, 3)), [1, 1], [1, 2]),
        (np.full((2, 3), np.nan, np.float32), [1, 1], [1, 2]),
        (np.zeros((2, 3), np.float32), [1], [1, 2]),
        (np.zeros((2, 3), np.float32), [1, 1], [2, 1]),
        (np.zeros((2, 3), np.float32), [1, 1], [1.0, 2.0]),
    ],
)
def test_templates_that_do_not_fit_are_refused(features: np.ndarray, people: list[int], shots: list[float]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each case has a text of its own
        Templates("e", features, np.array(people), np.array(shots))

"""The split of people: stable for ever, disjoint, of the right sizes."""

from __future__ import annotations

from metaface_gui.metalearning.split import Split, split_of


def test_shares_are_60_10_and_30_percent() -> None:
    parts = [split_of(f"person {i}") for i in range(4000)]
    for part, share in ((Split.META_TRAIN, 0.6), (Split.META_VALIDATION, 0.1), (Split.META_TEST, 0.3)):
        assert abs(parts.count(part) / len(parts) - share) < 0.03


def test_a_person_stays_where_they_were_in_earlier_releases() -> None:
    names = ("Ada", "Grace", "Alan", "Zoë", "山田", "Kurt")
    want = ("meta-train", "meta-train", "meta-train", "meta-train", "meta-train", "meta-validation")
    assert tuple(split_of(name).value for name in names) == want


def test_another_seed_splits_otherwise() -> None:
    names = [f"person {i}" for i in range(100)]
    assert [split_of(name) for name in names] != [split_of(name, seed=1) for name in names]

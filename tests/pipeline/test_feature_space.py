from __future__ import annotations

import pytest

from metaface_gui.pipeline.feature_space import FeatureSpace, network_of, same_space


def test_a_features_length_is_that_of_its_parts() -> None:
    assert FeatureSpace(128, 49).feature_dim == 177
    assert FeatureSpace(512).feature_dim == 512


@pytest.mark.parametrize(("d", "r"), [(0, 3), (-1, 0), (128, -1)])
def test_layouts_that_cannot_be_are_refused(d: int, r: int) -> None:
    with pytest.raises(ValueError, match="want d ≥ 1"):
        FeatureSpace(d, r)


def test_the_network_is_what_an_id_begins_with() -> None:
    assert {network_of(f"net-1{tags}") for tags in ("", "+0a", "@ff", "+0a@ff")} == {"net-1"}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("net-1", "net-1", True),
        ("net-1", "net-1+0a", True),
        ("net-1@ff", "net-1+0a@ff", True),
        ("net-1", "net-1@ff", False),
        ("net-1@ff", "net-1@fe", False),
        ("net-1", "net-2", False),
    ],
)
def test_a_users_copy_shares_the_space_and_another_projection_does_not(one: str, other: str, same: bool) -> None:
    assert same_space(one, other) is same
    assert same_space(other, one) is same

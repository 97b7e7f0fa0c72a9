"""Each method on galleries that nobody would make: unbalanced, doubled, contradictory, far apart or all the same."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from metaface_gui.pipeline.learners.base import SupportSet
from tests.pipeline.learners.contract_family import METHODS, PROJECTED_SPACE, STOCK_SPACE, faces, make, people
from tests.pipeline.torch_samples import seeded

SPACES = [STOCK_SPACE, PROJECTED_SPACE]


@pytest.mark.parametrize("key", METHODS)
@settings(max_examples=8, deadline=None)
@given(
    shots=st.lists(st.integers(1, 5), min_size=1, max_size=7),
    doubled=st.integers(0, 6),
    strange=st.sampled_from(["as they are", "all the same", "two names for one face", "nearly zero", "opposite"]),
    projected=st.booleans(),
    seed=st.integers(0, 99),
)
def test_any_gallery_gives_finite_scores_of_the_right_shape_whatever_its_order(
    key: str, *, shots: list[int], doubled: int, strange: str, projected: bool, seed: int
) -> None:
    space = SPACES[projected]
    support = people(shots, space, seed)
    features, labels = support.features.clone(), support.labels
    match strange:
        case "all the same":
            features[:] = features[0]
        case "two names for one face":
            features[-1] = features[0]
        case "nearly zero":
            features[:, space.embedding_dim :] *= 1e-12
        case "opposite":
            features[len(features) // 2 :] *= -1.0
    if doubled < len(features):  # the same picture twice
        features, labels = torch.cat([features, features[doubled][None]]), torch.cat([labels, labels[doubled][None]])
    probes = faces(torch.randn(5, space.embedding_dim, generator=seeded(seed)), space, seeded(seed + 1))
    scores = make(key, space).adapt(SupportSet(features, labels, len(shots))).scores(probes)
    assert scores.shape == (5, len(shots))
    assert scores.isfinite().all()
    order = torch.randperm(len(labels), generator=seeded(seed + 2))
    again = make(key, space).adapt(SupportSet(features[order], labels[order], len(shots))).scores(probes)
    if strange in ("as they are", "opposite"):  # where nothing is a tie
        torch.testing.assert_close(again, scores, rtol=2e-3, atol=2e-3)
    else:
        assert again.isfinite().all()

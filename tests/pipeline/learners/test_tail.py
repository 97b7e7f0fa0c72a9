"""The moved tail on features small enough to do by hand."""

from __future__ import annotations

import torch
from torch.nn.functional import normalize

from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.tail import adapted_embedding, initial_tail


def test_the_initial_tail_gives_the_stock_embedding() -> None:
    space = FeatureSpace(4, 3)
    stock = normalize(torch.randn(5, 4, generator=torch.Generator().manual_seed(0)), dim=1)
    features = torch.cat([stock, torch.full((5, 3), 7.0)], 1)
    torch.testing.assert_close(adapted_embedding(features, initial_tail(space)), stock)


def test_a_tail_adds_its_share_of_the_projections_and_normalises() -> None:
    # s = (1, 0) and v = (2, 1): s + A v = (1 + 1·2, 0 + 4·1) = (3, 4), of length 5.
    a = torch.tensor([[1.0, 0.0], [0.0, 4.0]])
    torch.testing.assert_close(adapted_embedding(torch.tensor([[1.0, 0.0, 2.0, 1.0]]), a), torch.tensor([[0.6, 0.8]]))


def test_the_moved_embedding_is_that_of_the_moved_layer() -> None:
    random = torch.Generator().manual_seed(1)
    w0, a, b = (torch.randn(*shape, generator=random) for shape in ((4, 9), (4, 2), (2, 9)))
    u = torch.randn(6, 9, generator=random)
    length = (u @ w0.T).norm(dim=1, keepdim=True)
    features = torch.cat([u @ w0.T, u @ b.T], 1) / length
    torch.testing.assert_close(adapted_embedding(features, a), normalize(u @ (w0 + a @ b).T, dim=1))


def test_without_projections_it_is_the_embedding() -> None:
    stock = normalize(torch.ones(2, 4), dim=1)
    torch.testing.assert_close(adapted_embedding(stock, initial_tail(FeatureSpace(4))), stock)

"""Full-context embeddings against the paper's equations, written out step by step."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import normalize

from metaface_gui.pipeline.learners.base import Params
from metaface_gui.pipeline.learners.full_context import (
    CONTEXT_DIM,
    READ_OUTS,
    initial_context,
    probes_in_context,
    shots_in_context,
)

D = 6


def random_context() -> Params:
    random = torch.Generator().manual_seed(3)
    return {name: 0.5 * torch.randn(tensor.shape, generator=random) for name, tensor in initial_context(D).items()}


def unit(n: int, seed: int) -> Tensor:
    return normalize(torch.randn(n, D, generator=torch.Generator().manual_seed(seed)), dim=1)


def test_the_initial_context_has_no_effect() -> None:
    params, shots, probes = initial_context(D), unit(4, 0), unit(3, 1)
    torch.testing.assert_close(shots_in_context(params, shots), shots)
    torch.testing.assert_close(probes_in_context(params, probes, shots), probes)


def test_a_probe_is_read_out_by_the_attention_lstm() -> None:
    # torch's own LSTM cell computes equation 3; its gates are ordered input, forget, new, output.
    params, shots, probe = random_context(), unit(5, 0), unit(1, 1)
    e = CONTEXT_DIM
    i, f, o, g = params["context.lstm"].chunk(4)
    bi, bf, bo, bg = params["context.lstm_bias"].chunk(4)
    cell = torch.nn.LSTMCell(2 * e, e, bias=True)
    weights, biases = torch.cat([i, f, g, o]), torch.cat([bi, bf, bg, bo])
    # Our input is [f', h, r]; the cell's is [f', r], and h is its state.
    cell.weight_ih.data = torch.cat([weights[:, :e], weights[:, 2 * e :]], 1)
    cell.weight_hh.data = weights[:, e : 2 * e]
    cell.bias_ih.data, cell.bias_hh.data = biases, torch.zeros(4 * e)
    below, memory = probe @ params["context.down"].T, shots @ params["context.down"].T
    hidden, carried, stepped = torch.zeros(1, e), torch.zeros(1, e), torch.zeros(1, e)
    for _ in range(READ_OUTS):
        attention = (hidden @ memory.T).softmax(1)  # equation 6
        read = attention @ memory  # equation 5
        stepped, carried = cell(torch.cat([below, read], 1), (hidden, carried))  # equation 3
        hidden = stepped + below  # equation 4
    want = normalize(probe + stepped.detach() @ params["context.probe_out"].T, dim=1)
    torch.testing.assert_close(probes_in_context(params, probe, shots), want)


def test_a_shot_attends_to_all_shots() -> None:
    params, shots = random_context(), unit(3, 0)
    query, key, value = (shots @ params[f"context.{name}"].T for name in ("query", "key", "value"))
    first = sum(weight * v for weight, v in zip((query[0] @ key.T / CONTEXT_DIM**0.5).softmax(0), value, strict=True))
    want = normalize(shots[0] + params["context.shot_out"] @ first, dim=0)
    torch.testing.assert_close(shots_in_context(params, shots)[0], want)


def test_the_order_of_the_shots_does_not_matter() -> None:
    params, shots, probes = random_context(), unit(9, 0), unit(4, 1)
    order = torch.randperm(9, generator=torch.Generator().manual_seed(2))
    torch.testing.assert_close(shots_in_context(params, shots[order]), shots_in_context(params, shots)[order])
    torch.testing.assert_close(
        probes_in_context(params, probes, shots[order]), probes_in_context(params, probes, shots)
    )


def test_more_shots_than_are_done_at_a_time_give_the_same() -> None:
    params, shots = random_context(), unit(1500, 0)
    query, key, value = (shots @ params[f"context.{name}"].T for name in ("query", "key", "value"))
    seen = (query @ key.T / CONTEXT_DIM**0.5).softmax(1) @ value
    want = normalize(shots + seen @ params["context.shot_out"].T, dim=1)
    torch.testing.assert_close(shots_in_context(params, shots), want)

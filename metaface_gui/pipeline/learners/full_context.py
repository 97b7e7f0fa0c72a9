"""Full-context embeddings of matching networks: each face's embedding depends on all shots of the gallery.

Vinyals, Blundell, Lillicrap, Kavukcuoglu and Wierstra, "Matching Networks for One Shot Learning", NeurIPS 2016,
appendix A. The probes' f(x, S) is the paper's attention LSTM. The shots' g(x_i, S) has the paper's purpose but not its
form: the paper runs a bidirectional LSTM over the shots "in some order", whereas here the order of a gallery must not
matter, so self-attention, a sum over the shots, replaces it. Both work in a few dimensions e and add their result to
the embedding through a matrix that is zero until it is meta-trained.
"""

from __future__ import annotations

import math

from metaface_gui.deferred import Tensor, normalize, torch
from metaface_gui.pipeline.learners.base import Params

CONTEXT_DIM = 16
"""e, the number of dimensions in which context is computed."""
READ_OUTS = 3
"""K, the number of steps of the attention LSTM."""


def initial_context(embedding_dim: int) -> Params:
    """Return the weights for embeddings of dimension d: fixed random numbers, but zeros where the result is added."""
    random = torch.Generator().manual_seed(2016)

    def drawn(rows: int, columns: int) -> Tensor:
        return torch.randn(rows, columns, generator=random) / math.sqrt(columns)

    e, d = CONTEXT_DIM, embedding_dim
    return {
        # Queries and keys start large enough that a shot attends to similar shots instead of to all of them.
        "context.query": 4.0 * drawn(e, d),
        "context.key": 4.0 * drawn(e, d),
        "context.value": drawn(e, d),
        "context.shot_out": torch.zeros(d, e),
        "context.down": 4.0 * drawn(e, d),
        "context.lstm": drawn(4 * e, 3 * e),
        "context.lstm_bias": torch.zeros(4 * e),
        "context.probe_out": torch.zeros(d, e),
    }


def shots_in_context(params: Params, shots: Tensor) -> Tensor:
    """g(x_i, S) = normalise(g' + O Σ_j softmax_j(⟨Q g'_i, K g'_j⟩/√e) V g'_j): shots g' (n, d) → (n, d).

    Computed for 1024 shots at a time, so that tens of thousands of shots need no (n, n) matrix.
    """
    query, key, value = (shots @ params[f"context.{name}"].T for name in ("query", "key", "value"))
    scale = 1.0 / math.sqrt(CONTEXT_DIM)
    seen = torch.cat([(scale * some @ key.T).softmax(-1) @ value for some in torch.split(query, 1024)])
    return normalize(shots + seen @ params["context.shot_out"].T, dim=-1)


def probes_in_context(params: Params, probes: Tensor, shots: Tensor) -> Tensor:
    """f(x, S) = attLSTM(f'(x), g(S), K): probes f' (q, d) and shots in context g (n, d) → (q, d).

    Equations 3–6, all in e dimensions, k = 1 … K:
        ĥ_k, c_k = LSTM(f', [h_{k−1}, r_{k−1}], c_{k−1})
        h_k      = ĥ_k + f'
        r_{k−1}  = Σ_i a(h_{k−1}, g_i) g_i
        a(h, g_i) = softmax_i(hᵀ g_i)
    """
    below, memory = probes @ params["context.down"].T, shots @ params["context.down"].T
    hidden = carried = torch.zeros_like(below)
    moved_by = torch.zeros_like(below)
    for _ in range(READ_OUTS):
        read = (hidden @ memory.T).softmax(-1) @ memory
        gates = torch.cat([below, hidden, read], -1) @ params["context.lstm"].T + params["context.lstm_bias"]
        into, forget, out, new = gates.chunk(4, -1)
        carried = forget.sigmoid() * carried + into.sigmoid() * new.tanh()
        moved_by = out.sigmoid() * carried.tanh()
        hidden = moved_by + below
    return normalize(probes + moved_by @ params["context.probe_out"].T, dim=-1)

"""Apply "this is not that person" to scores of any method.

When the user points at a wrong name, that face joins the support set as a class of its own, so any few-shot method
learns it the way it learns people. The class records whom it denies. A probe that is at least as similar to such a face
as to the person is not that person; all other probes are scored as before. If a person's score is that of their nearest
face, this is the nearest-neighbour rule (Cover and Hart 1967) between "them" and "not them", for each person
separately.
"""

from __future__ import annotations

from metaface_gui.deferred import Tensor, torch


def check_denied_people(denied_people: Tensor, n_people: int) -> None:
    """Check that each denied face refers to a person's column.

    Raises:
        ValueError: if it is not int64 (m,) with values of 0 … n_people-1.
    """
    if denied_people.ndim != 1 or denied_people.dtype != torch.int64:
        raise ValueError(f"denied_people: want int64 (m,), got {denied_people.dtype} {tuple(denied_people.shape)}")
    if denied_people.numel() and not (denied_people.min() >= 0 and denied_people.max() < n_people):
        raise ValueError(f"denied_people must lie in 0 … {n_people - 1}")


def without_denied(scores: Tensor, denied_people: Tensor) -> Tensor:
    """Strike out the people whom a face cannot be: (n, n_people + m) → (n, n_people), −inf where denied.

    The last m columns of `scores` belong to denied faces; `denied_people` (m,) int64 holds the person whom each of them
    is not. A person is struck out if a face denied for them scores at least as much as they do.
    """
    n_people = scores.shape[1] - len(denied_people)
    own = scores[:, :n_people]
    of_denied = own[:, denied_people]
    struck = torch.where(scores[:, n_people:] >= of_denied, -torch.inf, of_denied)
    return own.scatter_reduce(1, denied_people.expand(len(scores), -1), struck, "amin")


def floored(best: Tensor, otherwise: Tensor) -> Tensor:
    """Give faces for which nobody is left a finite score, so that they can be sorted with others: (n,), (n,) → (n,).

    They get the lowest score of the faces for which somebody is left, so that no threshold falls below what was
    measured. If nobody is left for any face, nothing was measured, and the scores before striking out, `otherwise`, are
    returned.
    """
    is_left = best.isfinite()
    return torch.where(is_left, best, best[is_left].min()) if bool(is_left.any()) else otherwise

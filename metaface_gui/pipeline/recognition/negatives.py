"""What "this is not that person" means for scores, whatever method gave them.

The user points at a wrong name. That face joins the support set as a class of its own, so that any few-shot method
learns it as it learns people, and the class says whom it denies. A probe that is at least as much like such a face as
like the person is not that person; all others are scored as before. With the nearest of a person's faces as their
score it is the nearest-neighbour rule (Cover and Hart 1967) between "them" and "not them", for each person alone.
"""

from __future__ import annotations

from metaface_gui.deferred import Tensor, torch


def check_denied_people(denied_people: Tensor, n_people: int) -> None:
    """Check that each denying column names a person's column.

    Raises:
        ValueError: if it is not int64 (m,) with values of 0 … n_people-1.
    """
    if denied_people.ndim != 1 or denied_people.dtype != torch.int64:
        raise ValueError(f"denied_people: want int64 (m,), got {denied_people.dtype} {tuple(denied_people.shape)}")
    if denied_people.numel() and not (denied_people.min() >= 0 and denied_people.max() < n_people):
        raise ValueError(f"denied_people must lie in 0 … {n_people - 1}")


def without_denied(scores: Tensor, denied_people: Tensor) -> Tensor:
    """Strike out the people whom a face cannot be: (n, n_people + m) → (n, n_people), −inf where it was denied.

    The last m columns of `scores` are of faces that the user denied; `denied_people` (m,) int64 says whose they are
    not. A person is struck out where one of theirs scores at least what the person does.
    """
    n_people = scores.shape[1] - len(denied_people)
    own = scores[:, :n_people]
    of_denied = own[:, denied_people]
    struck = torch.where(scores[:, n_people:] >= of_denied, -torch.inf, of_denied)
    return own.scatter_reduce(1, denied_people.expand(len(scores), -1), struck, "amin")


def floored(best: Tensor, otherwise: Tensor) -> Tensor:
    """Give faces that nobody is left for a finite score, to sort among others': (n,), (n,) → (n,).

    They count as the worst that somebody was left for, so that no threshold lies below what was measured. Where nobody
    is left for any face, nothing was measured and the scores before striking out, `otherwise`, stand.
    """
    is_left = best.isfinite()
    return torch.where(is_left, best, best[is_left].min()) if bool(is_left.any()) else otherwise

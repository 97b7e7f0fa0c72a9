"""Who still holds a text or a face: a walk through everything that can be reached from an object."""

from __future__ import annotations

import gc
import types
from collections.abc import Callable, Sequence

import numpy as np
import torch

Row = np.ndarray[tuple[int, ...], np.dtype[np.float32]]


def holders(root: object, text: str, *, name: str = "", without: tuple[object, ...] = ()) -> list[str]:
    """Every path by which a string that contains `text` is reached from an object: attributes, slots, containers and
    closures, but no modules and no code, and not by way of any of `without`."""
    return holders_in([(root, name or type(root).__name__)], text, without=without)


def holders_in(roots: Sequence[tuple[object, str]], text: str, *, without: tuple[object, ...] = ()) -> list[str]:
    """The same of several objects, each with the name that its paths begin with; what was reached from one of them is
    not walked again from another."""
    return _walk(roots, lambda thing: isinstance(thing, str) and text in thing, without=without)


def _walk(
    roots: Sequence[tuple[object, str]], is_it: Callable[[object], bool], *, without: tuple[object, ...] = ()
) -> list[str]:
    seen, found = {id(other) for other in without}, list[str]()
    todo = [*roots]
    while todo:
        thing, path = todo.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if is_it(thing):
            found.append(path)
        elif isinstance(thing, types.FunctionType):  # its globals are modules'
            todo += [(cell, f"{path}.{thing.__name__}") for cell in (*(thing.__closure__ or ()), thing.__defaults__)]
        elif not isinstance(thing, type | types.ModuleType | types.CodeType | types.FrameType):
            todo += [(held, f"{path}/{type(held).__name__}") for held in gc.get_referents(thing)]
    return found


def arrays_like(root: object, row: Row, *, without: tuple[object, ...] = ()) -> list[str]:
    """Every path by which an array or a tensor that holds `row` (p,) is reached from an object, as `holders` walks."""
    return _walk([(root, type(root).__name__)], lambda thing: _holds(thing, row), without=without)


def _holds(thing: object, row: Row) -> bool:
    values = thing.detach().cpu().numpy() if isinstance(thing, torch.Tensor) else thing
    if not isinstance(values, np.ndarray) or values.shape[-1:] != row.shape:
        return False
    return bool((values.reshape(-1, len(row)) == row).all(1).any())

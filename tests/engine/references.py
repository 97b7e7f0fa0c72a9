"""Who still holds a text: a walk through everything that can be reached from an object."""

from __future__ import annotations

import gc
import types


def holders(root: object, text: str, *, name: str = "", without: tuple[object, ...] = ()) -> list[str]:
    """Every path by which a string that contains `text` is reached from an object: attributes, slots, containers and
    closures, but no modules and no code, and not by way of any of `without`."""
    seen, found = {id(other) for other in without}, list[str]()
    todo: list[tuple[object, str]] = [(root, name or type(root).__name__)]
    while todo:
        thing, path = todo.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, str):
            if text in thing:
                found.append(path)
        elif isinstance(thing, types.FunctionType):  # its globals are modules'
            todo += [(cell, f"{path}.{thing.__name__}") for cell in (*(thing.__closure__ or ()), thing.__defaults__)]
        elif not isinstance(thing, type | types.ModuleType | types.CodeType | types.FrameType):
            todo += [(held, f"{path}/{type(held).__name__}") for held in gc.get_referents(thing)]
    return found

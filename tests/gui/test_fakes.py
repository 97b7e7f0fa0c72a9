"""The fake engine is the engine's Protocols: whatever they have it records, as their signatures read it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import get_type_hints

import pytest

from metaface_gui.engine.api import EngineApi
from tests.gui.fakes import Call, FakeEngine

SERVICES = {
    name: get_type_hints(value.fget)["return"]
    for name, value in vars(EngineApi).items()
    if isinstance(value, property) and name != "preview"
}


def methods(protocol: type) -> dict[str, Callable[..., object]]:
    return {key: value for key, value in vars(protocol).items() if inspect.isfunction(value) and key[0] != "_"}


@pytest.mark.parametrize("service", SERVICES)
def test_every_request_is_recorded_under_its_own_name(engine: FakeEngine, service: str) -> None:
    for key, method in methods(SERVICES[service]).items():
        parameters = list(inspect.signature(method).parameters.values())[1:]
        options = {one.name: object() for one in parameters if one.kind is one.KEYWORD_ONLY}
        args = [object() for one in parameters if one.kind is not one.KEYWORD_ONLY]
        getattr(getattr(engine, service), key)(*args, **options)
        assert engine.calls[-1] == Call(f"{service}.{key}", (*args, *options.values()))


def test_what_the_engine_would_refuse_is_refused(engine: FakeEngine) -> None:
    with pytest.raises(TypeError, match="missing"):
        engine.models.set_learner()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected"):
        engine.room.adapt(now=True)  # type: ignore[call-arg]
    assert engine.calls == []

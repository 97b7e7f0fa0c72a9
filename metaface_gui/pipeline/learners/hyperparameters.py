"""The hyper-parameters that a user can change, as records for building a form; checked changes; settings as JSON.

The records are derived from the settings dataclasses, whose fields declare their ranges (`base.setting`), so a new
setting of a method automatically becomes a new row in the form.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import cast

from metaface_gui.pipeline.learners import learner_class
from metaface_gui.pipeline.learners.base import SettingRange

_LONGEST_JSON = 4096
"""Maximum length in characters; no method's settings need a tenth of it."""

Value = int | float | str | bool
"""Type of a hyper-parameter's value."""


class HyperparameterKind(Enum):
    """How the user enters a hyper-parameter."""

    INTEGER = "integer"
    REAL = "real"
    CHOICE = "choice"
    FLAG = "flag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hyperparameter(SettingRange):
    """One hyper-parameter that affects adaptation; `name` is the name of its field."""

    name: str
    kind: HyperparameterKind
    default: Value


def hyperparameters_of(key: str) -> tuple[Hyperparameter, ...]:
    """List the hyper-parameters of the learner called `key`, in the order of the form; empty if it has none.

    Settings that only affect meta-training, such as the order of MAML's gradient, are left out.

    Raises:
        ValueError: if no learner has that key.
    """
    return tuple(one for one in _every(learner_class(key).settings_type) if not one.only_in_training)


def with_value(key: str, settings: object | None, name: str, value: object) -> object:
    """Return the learner's `settings` (None: its defaults) with the hyper-parameter `name` set to `value`.

    Raises:
        ValueError: if there is no such learner or hyper-parameter, the settings are another learner's, or the value has
            the wrong type or is out of range. An integer is accepted for a real number; a Boolean is never a number.
    """
    own = _own(key, settings)
    for hyperparameter in hyperparameters_of(key):
        if hyperparameter.name == name:
            return _replaced(own, {name: _checked(hyperparameter, value)})
    raise ValueError(f"{key} has no hyper-parameter {name!r}")


def to_json(settings: object) -> str:
    """Return settings as a JSON object of all their fields.

    Raises:
        ValueError: if they are not a learner's settings, or hold a number that JSON cannot express.
    """
    if not dataclasses.is_dataclass(settings) or isinstance(settings, type):
        raise ValueError(f"want a learner's settings, got {type(settings).__name__}")
    return json.dumps(dataclasses.asdict(settings), allow_nan=False)


def from_json(key: str, text: str) -> object:
    """Read settings of the learner called `key`; fields missing from the text have their defaults.

    Raises:
        ValueError: for anything that is not understood: no such learner, not a JSON object, an unknown or repeated
            field, a value of the wrong type or out of range, a text longer than any settings.
    """
    own = _own(key, None)
    if len(text) > _LONGEST_JSON:
        raise ValueError(f"settings of {len(text)} characters")
    try:
        given: object = json.loads(text, object_pairs_hook=_once_each, parse_constant=_no_number)
    except RecursionError as error:
        raise ValueError("settings nested too deeply") from error
    if not isinstance(given, dict):
        raise ValueError(f"want a JSON object, got {text[:40]!r}")  # noqa: TRY004 - bad input, not a programming error
    known = {one.name: one for one in _every(type(own))}
    unknown = given.keys() - known.keys()
    if unknown:
        raise ValueError(f"{key} has no hyper-parameter {sorted(unknown)[0]!r}")
    return _replaced(own, {name: _checked(known[name], value) for name, value in given.items()})


def _own(key: str, settings: object | None) -> object:
    settings_type = learner_class(key).settings_type
    if settings is None:
        return cast("object", settings_type())
    if type(settings) is not settings_type:
        raise ValueError(f"{key}: want {settings_type.__name__}, got {type(settings).__name__}")
    return settings


def _every(settings_type: type) -> tuple[Hyperparameter, ...]:
    return tuple(map(_described, dataclasses.fields(settings_type)))


def _described(field: dataclasses.Field[object]) -> Hyperparameter:
    allowed, default = field.metadata["range"], cast("Value", field.default)
    kinds = {
        bool: HyperparameterKind.FLAG,
        int: HyperparameterKind.INTEGER,
        float: HyperparameterKind.REAL,
        str: HyperparameterKind.CHOICE,
    }
    return Hyperparameter(name=field.name, kind=kinds[type(default)], default=default, **dataclasses.asdict(allowed))


def _checked(hyperparameter: Hyperparameter, value: object) -> Value:
    """Return `value` converted to the hyper-parameter's type, or raise ValueError."""
    name, low, high = hyperparameter.name, hyperparameter.low, hyperparameter.high
    if hyperparameter.kind is HyperparameterKind.FLAG and isinstance(value, bool):
        return value
    if hyperparameter.kind is HyperparameterKind.CHOICE and isinstance(value, str):
        if value not in hyperparameter.choices:
            raise ValueError(f"{name}: want one of {', '.join(hyperparameter.choices)}, got {value[:40]!r}")
        return value
    wanted = {HyperparameterKind.INTEGER: int, HyperparameterKind.REAL: int | float}.get(hyperparameter.kind)
    if wanted is None or isinstance(value, bool) or not isinstance(value, wanted):
        raise ValueError(f"{name}: want a value of kind {hyperparameter.kind.value}, got {type(value).__name__}")
    # NaN fails both comparisons. Comparing before converting also rejects an integer too large for a float.
    if not low <= value <= high:
        raise ValueError(f"{name}: want {low:g} … {high:g}")
    return float(value) if hyperparameter.kind is HyperparameterKind.REAL else value


def _replaced(settings: object, values: dict[str, Value]) -> object:
    assert dataclasses.is_dataclass(settings)
    assert not isinstance(settings, type)
    return cast("object", dataclasses.replace(settings, **values))


def _once_each(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    given = dict[str, object]()
    for name, value in pairs:
        if name in given:
            raise ValueError(f"{name[:40]!r} is there twice")
        given[name] = value
    return given


def _no_number(constant: str) -> float:
    raise ValueError(f"{constant} is no number")

"""What a user may turn of each method, as records that a form can be made of; checked changes; settings as JSON.

The records are read off the settings dataclasses, whose fields declare their ranges (`base.setting`), so a method that
gets another setting gets another row in the form.
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
"""Characters; no method's settings need a tenth of it."""

Value = int | float | str | bool
"""What a hyper-parameter can be."""


class HyperparameterKind(Enum):
    """How a hyper-parameter is entered."""

    INTEGER = "integer"
    REAL = "real"
    CHOICE = "choice"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Hyperparameter:
    """One knob of a method that acts when it adapts.

    `name` is its field's. `title` and `explanation` are for the screen, English, marked for translation in `Settings`,
    as are `choice_titles`, one for each of `choices`. Numbers lie in `low` … `high`, both included; where
    `is_logarithmic`, equal ratios make equal differences.
    """

    name: str
    kind: HyperparameterKind
    title: str
    explanation: str
    default: Value
    low: float
    high: float
    choices: tuple[str, ...]
    choice_titles: tuple[str, ...] = ()
    is_logarithmic: bool = False


def hyperparameters_of(key: str) -> tuple[Hyperparameter, ...]:
    """List what can be turned of the learner called `key`, in the order of a form; none is none.

    What acts in meta-training alone, such as the order of MAML's gradient, is not among it.

    Raises:
        ValueError: if there is no such learner.
    """
    settings_type = learner_class(key).settings_type
    return tuple(_described(field) for field in _fields(settings_type) if not _range(field).only_in_training)


def with_value(key: str, settings: object | None, name: str, value: object) -> object:
    """Return the learner's `settings`, None for its defaults, with the hyper-parameter `name` at `value`.

    Raises:
        ValueError: if there is no such learner or hyper-parameter, the settings are another learner's, or the value has
            the wrong type or is out of range. A whole number will do for a real one, but a truth value is no number.
    """
    own = _own(key, settings)
    for hyperparameter in hyperparameters_of(key):
        if hyperparameter.name == name:
            return _replaced(own, {name: _checked(hyperparameter, value)})
    raise ValueError(f"{key} has no hyper-parameter {name!r}")


def to_json(settings: object) -> str:
    """Write settings as a JSON object of all their fields.

    Raises:
        ValueError: if they are no learner's settings, or hold what JSON has no number for.
    """
    if not dataclasses.is_dataclass(settings) or isinstance(settings, type):
        raise ValueError(f"want a learner's settings, got {type(settings).__name__}")
    return json.dumps(dataclasses.asdict(settings), allow_nan=False)


def from_json(key: str, text: str) -> object:
    """Read settings of the learner called `key`; a field that is not in the text has its default.

    Raises:
        ValueError: for anything that is not understood: no such learner, no JSON object, an unknown field or one twice,
            a value of the wrong type or out of range, a text longer than any settings.
    """
    own = _own(key, None)
    if len(text) > _LONGEST_JSON:
        raise ValueError(f"settings of {len(text)} characters")
    try:
        given: object = json.loads(text, object_pairs_hook=_once_each, parse_constant=_no_number)
    except RecursionError as error:
        raise ValueError("settings nested too deeply") from error
    if not isinstance(given, dict):
        raise ValueError(f"want a JSON object, got {text[:40]!r}")  # noqa: TRY004 - whatever the text holds
    known = {field.name: _described(field) for field in _fields(type(own))}
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


def _fields(settings_type: type) -> tuple[dataclasses.Field[object], ...]:
    return dataclasses.fields(settings_type)


def _range(field: dataclasses.Field[object]) -> SettingRange:
    allowed = field.metadata["range"]
    assert isinstance(allowed, SettingRange)
    return allowed


def _described(field: dataclasses.Field[object]) -> Hyperparameter:
    allowed, default = _range(field), cast("Value", field.default)
    kinds = {
        bool: HyperparameterKind.FLAG,
        int: HyperparameterKind.INTEGER,
        float: HyperparameterKind.REAL,
        str: HyperparameterKind.CHOICE,
    }
    return Hyperparameter(
        name=field.name,
        kind=kinds[type(default)],
        title=allowed.title,
        explanation=allowed.explanation,
        default=default,
        low=allowed.low,
        high=allowed.high,
        choices=allowed.choices,
        choice_titles=allowed.choice_titles,
        is_logarithmic=allowed.is_logarithmic,
    )


def _checked(hyperparameter: Hyperparameter, value: object) -> Value:
    """Return `value` as the hyper-parameter holds it, or raise ValueError."""
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
    # NaN is neither below nor above anything, and a whole number may be larger than any float.
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

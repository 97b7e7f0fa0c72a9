"""The form's records are the settings' own, what is out of range is refused, and JSON brings back what was written."""

from __future__ import annotations

import dataclasses
import json
import math

import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from metaface_gui.pipeline.learners import ALL_LEARNERS, LEARNERS, make_learner
from metaface_gui.pipeline.learners.base import NoSettings
from metaface_gui.pipeline.learners.hyperparameters import (
    Hyperparameter,
    HyperparameterKind,
    Value,
    from_json,
    hyperparameters_of,
    to_json,
    with_value,
)
from metaface_gui.pipeline.learners.maml import MamlSettings
from metaface_gui.pipeline.learners.matching import MatchingSettings
from metaface_gui.pipeline.learners.prototypical import PrototypicalSettings
from tests.pipeline.learners.contract_family import METHODS, PROJECTED_SPACE, people, probes
from tests.pipeline.torch_samples import seeded

KNOBS = [(key, knob) for key in METHODS for knob in hyperparameters_of(key)]


def named(key: str, name: str) -> Hyperparameter:
    (found,) = [knob for knob in hyperparameters_of(key) if knob.name == name]
    return found


def allowed(knob: Hyperparameter) -> st.SearchStrategy[Value]:
    """Any value that a knob can be turned to."""
    strategies: dict[HyperparameterKind, st.SearchStrategy[Value]] = {
        HyperparameterKind.FLAG: st.booleans(),
        HyperparameterKind.CHOICE: st.sampled_from(knob.choices or ("",)),
        HyperparameterKind.INTEGER: st.integers(math.ceil(knob.low), math.floor(knob.high)),
        HyperparameterKind.REAL: st.floats(knob.low, knob.high),
    }
    return strategies[knob.kind]


@st.composite
def turned(draw: st.DrawFn) -> tuple[str, object]:
    """A method, and settings with any of its knobs turned anywhere."""
    key = draw(st.sampled_from(METHODS))
    own: object = ALL_LEARNERS[key].settings_type()
    for knob in hyperparameters_of(key):
        if draw(st.booleans()):
            own = with_value(key, own, knob.name, draw(allowed(knob)))
    return key, own


def test_a_knob_is_described_as_its_field_is_declared() -> None:
    distance, steps = named("prototypical", "distance"), named("maml", "inner_steps")
    assert distance.kind is HyperparameterKind.CHOICE
    assert (distance.default, distance.choices) == ("cosine", ("cosine", "euclidean", "mahalanobis"))
    assert distance.choice_titles == ("Cosine", "Euclidean", "Mahalanobis")
    assert steps.kind is HyperparameterKind.INTEGER
    assert (steps.default, steps.low, steps.high, steps.is_logarithmic) == (5, 1, 20, False)
    assert named("maml", "inner_lr").kind is HyperparameterKind.REAL
    assert named("maml", "inner_lr").is_logarithmic
    assert named("maml", "anil").kind is HyperparameterKind.FLAG
    assert hyperparameters_of("stock") == hyperparameters_of("prototypical")


def test_what_acts_in_meta_training_alone_is_not_offered_but_kept() -> None:
    assert "first_order" not in {knob.name for knob in hyperparameters_of("maml")}
    with pytest.raises(ValueError, match="first_order"):
        with_value("maml", None, "first_order", value=True)
    assert from_json("maml", to_json(MamlSettings(first_order=True))) == MamlSettings(first_order=True)
    support, shown = people([2, 1, 4], PROJECTED_SPACE), probes(PROJECTED_SPACE)
    first, second = (
        make_learner("maml", PROJECTED_SPACE, settings=MamlSettings(first_order=order)).adapt(support).scores(shown)
        for order in (True, False)
    )
    assert torch.equal(first, second)


@pytest.mark.parametrize(("key", "knob"), KNOBS, ids=lambda value: getattr(value, "name", value))
def test_a_knob_has_words_for_the_screen_and_a_range(key: str, knob: Hyperparameter) -> None:
    assert 0 < len(knob.title) <= 24
    assert 0 < len(knob.explanation) <= 110
    assert knob.explanation.endswith(".")
    assert len(knob.choice_titles) == len(knob.choices)
    assert all(0 < len(title) <= 24 for title in knob.choice_titles)
    if knob.kind is HyperparameterKind.CHOICE:
        assert knob.default in knob.choices
        assert len(set(knob.choices)) == len(knob.choices) > 1
    else:
        assert knob.choices == ()
        assert knob.low <= float(knob.default) <= knob.high
        assert knob.low < knob.high
    assert not knob.is_logarithmic or (knob.kind is HyperparameterKind.REAL and knob.low > 0.0)


@pytest.mark.parametrize("key", METHODS)
def test_no_two_knobs_of_a_method_are_called_the_same(key: str) -> None:
    titles = [knob.title for knob in hyperparameters_of(key)]
    assert len(set(titles)) == len(titles) >= 1


# How many trials there are matters only if a better strategy is among the later ones: `test_rl2.py`.
@pytest.mark.parametrize(
    ("key", "knob"), [knob for knob in KNOBS if knob[0] != "rl2"], ids=lambda value: getattr(value, "name", value)
)
def test_turning_a_knob_changes_the_scores(key: str, knob: Hyperparameter) -> None:
    """Wherever it is turned to. With all meta-parameters far from untrained ones, so that each has something to do."""
    random = seeded(4)
    moved = {
        other: {
            name: tensor + 0.3 * torch.randn(tensor.shape, generator=random)
            for name, tensor in LEARNERS[other].initial_params(PROJECTED_SPACE).items()
        }
        for other in LEARNERS
    }
    support, shown = people([2, 1, 4], PROJECTED_SPACE), probes(PROJECTED_SPACE)
    others: tuple[Value, ...] = (knob.low, knob.high)
    if knob.kind is HyperparameterKind.CHOICE:
        others = tuple(choice for choice in knob.choices if choice != knob.default)
    elif knob.kind is HyperparameterKind.FLAG:
        others = (not knob.default,)
    elif knob.kind is HyperparameterKind.INTEGER:
        others = (int(knob.low), int(knob.high))
    usual = make_learner(key, PROJECTED_SPACE, moved).adapt(support).scores(shown)
    for value in others:
        settings = with_value(key, None, knob.name, value)
        scores = make_learner(key, PROJECTED_SPACE, moved, settings).adapt(support).scores(shown)
        assert (scores - usual).abs().max() > 1e-3 * usual.abs().max(), value


def test_a_value_is_put_in_and_the_rest_stays() -> None:
    first = with_value("maml", None, "inner_steps", 7)
    assert first == MamlSettings(inner_steps=7)
    second = with_value("maml", first, "inner_lr", 2)
    assert second == MamlSettings(inner_steps=7, inner_lr=2.0)
    assert isinstance(second, MamlSettings)
    assert type(second.inner_lr) is float
    assert first == MamlSettings(inner_steps=7)


JUNK: list[tuple[str, str, object]] = [
    ("maml", "inner_steps", 0),
    ("maml", "inner_steps", 21),
    ("maml", "inner_steps", 5.0),
    ("maml", "inner_steps", True),
    ("maml", "inner_steps", "5"),
    ("maml", "inner_steps", None),
    ("maml", "inner_lr", math.nan),
    ("maml", "inner_lr", math.inf),
    ("maml", "inner_lr", -1.0),
    ("maml", "inner_lr", 10**400),
    ("maml", "inner_lr", False),
    ("maml", "inner_lr", [1.0]),
    ("maml", "anil", 1),
    ("maml", "anil", "on"),
    ("maml", "inner_steps ", 5),
    ("prototypical", "distance", "Cosine"),
    ("prototypical", "distance", "x" * 10_000),
    ("prototypical", "distance", 0),
    ("prototypical", "inner_steps", 5),
    ("nonsense", "distance", "cosine"),
]


@pytest.mark.parametrize(("key", "name", "value"), JUNK)
def test_a_value_that_makes_no_sense_is_refused(key: str, name: str, value: object) -> None:
    with pytest.raises(ValueError, match=r".+") as told:
        with_value(key, None, name, value)
    assert len(str(told.value)) < 200
    with pytest.raises(ValueError, match=r".+"):
        from_json(key, json.dumps({name: value}))


def test_settings_of_another_method_are_refused() -> None:
    for settings in (PrototypicalSettings(), NoSettings(), "cosine"):
        with pytest.raises(ValueError, match="MamlSettings"):
            with_value("maml", settings, "inner_steps", 5)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "cosine",
        "null",
        "[]",
        '"distance"',
        "{",
        '{"distance": NaN}',
        '{"distance": "cosine", "distance": "euclidean"}',
        '{"distance": {"distance": "cosine"}}',
        "[" * 4000,
        '{"distance": "cosine"' + " " * 5000 + "}",
        '{"distance": "\ud800"}',
    ],
    ids=lambda text: text[:24].encode("ascii", "replace").decode(),
)
def test_text_that_is_no_settings_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        from_json("prototypical", text)


def test_a_field_that_is_not_in_the_text_has_its_default() -> None:
    assert from_json("matching", "{}") == MatchingSettings()
    assert from_json("matching", '{"temperature": 2}') == MatchingSettings(temperature=2.0)


def test_only_settings_can_be_written() -> None:
    for junk in (None, {"distance": "cosine"}, PrototypicalSettings, MatchingSettings(temperature=math.nan)):
        with pytest.raises(ValueError, match=r".+"):
            to_json(junk)


@given(turned())
@hypothesis_settings(max_examples=60, deadline=None)
def test_json_brings_back_what_was_written(drawn: tuple[str, object]) -> None:
    key, own = drawn
    again = from_json(key, to_json(own))
    assert again == own
    assert type(again) is ALL_LEARNERS[key].settings_type
    make_learner(key, PROJECTED_SPACE, settings=again)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
_NAMES = sorted({knob.name for _, knob in KNOBS})


@given(
    key=st.sampled_from(METHODS),
    text=st.text()
    | _JSON.map(json.dumps)
    | st.dictionaries(st.sampled_from(_NAMES), _JSON | st.integers(0, 5), max_size=3).map(json.dumps),
)
@hypothesis_settings(max_examples=150, deadline=None)
def test_any_text_gives_settings_within_their_ranges_or_is_refused(key: str, text: str) -> None:
    try:
        own = from_json(key, text)
    except ValueError:
        return
    for field in dataclasses.fields(ALL_LEARNERS[key].settings_type):
        if field.name in {knob.name for knob in hyperparameters_of(key)}:
            value = getattr(own, field.name)
            assert with_value(key, own, field.name, value) == own

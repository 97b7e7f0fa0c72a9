"""Steps sorted into runs."""

from __future__ import annotations

from metaface_gui.gui.studio.adaptation_runs import AdaptationRuns, walks
from metaface_gui.pipeline.learners import LEARNERS
from metaface_gui.pipeline.learners.base import AdaptStep


def steps(n: int, loss: float = 1.0) -> tuple[AdaptStep, ...]:
    return tuple(AdaptStep(i, n, loss / (i + 1), min(1.0, 0.8 + 0.05 * i)) for i in range(n + 1))


def test_only_gradient_methods_have_curves() -> None:
    assert [key for key in LEARNERS if walks(key)] == ["maml", "reptile", "meta_optimizer"]
    assert not walks("stock")
    assert not walks("nothing")
    runs = AdaptationRuns()
    assert not runs.add_step("rl2", AdaptStep(1, 4, 0.1, 0.9))
    assert not runs.finish("prototypical", (AdaptStep(1, 1, 0.1, 0.9),))
    assert not runs.finish("maml", ())
    assert not runs.learners


def test_steps_that_come_one_by_one_make_a_run_that_adapted_only_confirms() -> None:
    runs, first, second = AdaptationRuns(), steps(5), steps(3, 0.5)
    for step in first:
        assert runs.add_step("maml", step)
    assert runs.of("maml").is_under_way
    assert not runs.finish("maml", first)
    assert runs.of("maml").newest == first
    assert runs.of("maml").older == ()
    for step in second:
        runs.add_step("maml", step)
    assert runs.of("maml").newest == second
    assert runs.of("maml").older == first


def test_a_run_that_comes_at_once_is_new() -> None:
    runs = AdaptationRuns()
    assert runs.finish("reptile", steps(5))
    assert runs.finish("reptile", steps(2))
    assert runs.of("reptile").newest == steps(2)
    assert runs.of("reptile").older == steps(5)


def test_a_run_that_broke_off_is_nothing_to_compare_with() -> None:
    runs = AdaptationRuns()
    runs.finish("maml", steps(5))
    for step in steps(9)[:3]:
        runs.add_step("maml", step)
    for step in steps(2):
        runs.add_step("maml", step)
    assert runs.of("maml").newest == steps(2)
    assert runs.of("maml").older == steps(5)


def test_learners_come_in_the_order_of_the_methods_until_cleared() -> None:
    runs = AdaptationRuns()
    for key in ("meta_optimizer", "maml", "reptile"):
        runs.finish(key, steps(1))
    assert runs.learners == ("maml", "reptile", "meta_optimizer")
    runs.clear()
    assert not runs.learners

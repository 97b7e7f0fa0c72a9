"""What a lesson step consists of: a sentence, a task, what to watch, and how the program sees the task is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from metaface_gui.engine.studio.side import Side
from metaface_gui.metalearning.frame_environments import ROOM_AS_IT_IS, EnvironmentSetting


@dataclass(frozen=True, slots=True)
class Signs:
    """What the program can see of the user's actions and their effects.

    `n_people` people can be recognised, from `n_shots` shots in all. `names` and `n_unknown` describe the faces on
    screen; `page` is the studio's open page ("" while hidden). `n_room_adaptations`, `n_explained` and `n_reports` are
    counts so far. `is_map_placed`: a face on screen has a place on the map. `n_deciding`: how many methods give a
    verdict on a face on screen. `compared` are the methods that run beside `learner`; `hyperparameters` are each
    method's settings that differ from the defaults; `adaptations` is how often each method has adapted so far.
    """

    n_people: int = 0
    n_shots: int = 0
    names: frozenset[str] = frozenset()
    n_unknown: int = 0
    learner: str = ""
    compared: tuple[str, ...] = ()
    hyperparameters: Mapping[str, object] = field(default_factory=dict)
    adaptations: Mapping[str, int] = field(default_factory=dict)
    fpir: float = 0.01
    page: str = ""
    is_map_placed: bool = False
    n_deciding: int = 0
    environment: EnvironmentSetting = ROOM_AS_IT_IS
    n_room_adaptations: int = 0
    sides: tuple[Side, ...] = ()
    n_explained: int = 0
    n_reports: int = 0


IsDone = Callable[[Signs, Signs], bool]
"""Tells whether a step is done, from the signs when it began and the signs now."""


class Hand(Protocol):
    """The actions of an automatic player of lessons, equivalent to a user's clicks."""

    def enroll_next(self) -> None:
        """Enrol one more person of the demo scene from pictures."""

    def choose_method(self, key: str) -> None:
        """Let another method decide."""

    def compare(self, keys: tuple[str, ...]) -> None:
        """Run these methods beside the deciding one."""

    def open_page(self, key: str) -> None:
        """Open a page of the studio."""

    def explain_somebody(self) -> None:
        """Ask why a face on screen has its name."""

    def use_inner_steps(self, steps: int | None) -> None:
        """Let MAML take this many inner-loop steps; None: the default number."""

    def let_through(self, fpir: float) -> None:
        """Let this share of strangers through."""

    def photograph_in(self, setting: EnvironmentSetting) -> None:
        """Turn the environment dial."""

    def adapt_to_room(self) -> None:
        """Adapt to the room's faces."""

    def show_before_after(self) -> None:
        """Show this room before | after."""

    def test_methods(self) -> None:
        """Run the leave-one-out report."""


@dataclass(frozen=True, slots=True, eq=False)
class LessonStep:
    """One step. `text`, `do` and `watch` are English, marked for translation in the context `Lessons`.

    `play` performs what `do` says; empty: the player only has to wait.
    """

    text: str
    do: str
    watch: str
    is_done: IsDone
    play: tuple[Callable[[Hand], None], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """A few steps under a title, which is marked for translation like their texts."""

    title: str
    steps: tuple[LessonStep, ...]

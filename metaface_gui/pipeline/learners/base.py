"""The learners' contract: a meta-learner adapts to a support set and returns a classifier; it never changes itself.

Adding a method means writing one file with one `MetaLearner` and naming it in `LEARNERS` (`learners/__init__.py`).
Two kinds of numbers steer a method. *Meta-parameters* are tensors that meta-training found (`Params`, in the manner of
`torch.func`: a name maps to a tensor, and functions take them as an argument instead of reading them from modules).
*Settings* are hyper-parameters that a user may turn: a frozen dataclass whose fields carry their range.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple, Protocol, Self

from metaface_gui.deferred import Tensor, grad_and_value, torch, vmap
from metaface_gui.pipeline.feature_space import FeatureSpace

Params = dict[str, Tensor]
"""Meta-parameters by name, e.g. `tail.a`."""

STRANGER = -1
"""Label of a query whose person is not among the support set's."""


@dataclass(frozen=True, slots=True, eq=False)
class SupportSet:
    """The enrolled shots of a gallery or an episode.

    `features` is (n_shots, p) float32; `labels` (n_shots,) int64 in 0 … n_way-1, every way present at least once, any
    number of shots each, in any order. `unlabelled` (m, p) are faces that the same camera showed earlier, one of each
    track, enrolled people and strangers mixed (Ren et al. 2018, section 3.2: semi-supervised few-shot learning with
    distractors); None or empty where nothing was seen yet.

    Raises:
        ValueError: if a shape, a dtype or a label does not fit.
    """

    features: Tensor
    labels: Tensor
    n_way: int
    unlabelled: Tensor | None = None

    def __post_init__(self) -> None:
        if self.unlabelled is not None and self.unlabelled.shape[1:] != self.features.shape[1:]:
            raise ValueError(f"want (m, p) unlabelled features, got {tuple(self.unlabelled.shape)}")
        if self.features.ndim != 2 or self.labels.shape != self.features.shape[:1]:
            raise ValueError(f"want (n, p) features and (n,) labels, got {self.features.shape}, {self.labels.shape}")
        if not self.features.isfinite().all():
            raise ValueError("support features hold a value that is not finite")
        if self.n_way < 1 or set(self.labels.tolist()) != set(range(self.n_way)):
            raise ValueError(f"labels must cover 0 … {self.n_way - 1}")


class Episode(NamedTuple):
    """A meta-training episode, or E of equal shape stacked along a leading dimension; a pytree to `torch.func`.

    `support` is (n, p) float32 with `support_labels` (n,) int64 in 0 … n_way-1; `query` (q, p) with `query_labels`
    (q,), which are `STRANGER` for people outside the support set. Shots may be unbalanced, but every way has one.
    """

    support: Tensor
    support_labels: Tensor
    query: Tensor
    query_labels: Tensor


@dataclass(frozen=True, slots=True)
class AdaptStep:
    """One step of an adaptation, as it happens: support loss and support accuracy (0..1) after it.

    Of a gradient-based method the first one reported is step 0, where it starts from: the prototypes, before
    anything has moved. Any other method begins with step 1, and is often done with it. Either way a step whose number
    is not above that of the one before begins a new adaptation.
    """

    step: int
    steps: int
    loss: float
    accuracy: float


OnStep = Callable[[AdaptStep], None]


class AdaptedClassifier(Protocol):
    """What adaptation gives: immutable, safe to share between threads.

    `embed` and `class_vectors` are for looking at it: all lie on the unit sphere of the space that the scores are made
    in, so that maps of different methods compare. Each method's README section says what they are in its paper. Scores
    may hold more than the angle between the two, such as a bias.
    """

    @property
    def n_way(self) -> int:
        """How many people it tells apart."""

    def scores(self, features: Tensor) -> Tensor:
        """Score faces against people: (n_query, p) → (n_query, n_way) float32, larger = more alike, raw, no softmax."""

    def embed(self, features: Tensor) -> Tensor:
        """Faces in the adapted space that `scores` compares in: (n, p) → (n, d) float32, each of length 1."""

    def class_vectors(self) -> Tensor:
        """What stands for each person there, a prototype or a head's row: (n_way, d) float32, each of length 1."""


@dataclass(frozen=True, slots=True)
class SettingRange:
    """What values of a hyper-parameter make sense: bounds (inclusive) for numbers, or the choices there are.

    `title`, `explanation` and `choice_titles`, one for each choice, are for the screen, English, marked for translation
    in `Settings`. `is_logarithmic`: equal ratios make equal differences, so a slider should have it so.
    `only_in_training`: adapting gives the same whatever it is, so there is nothing for a window to offer.
    """

    low: float = 0.0
    high: float = 1.0
    choices: tuple[str, ...] = ()
    title: str = ""
    explanation: str = ""
    choice_titles: tuple[str, ...] = ()
    is_logarithmic: bool = False
    only_in_training: bool = False


def setting(
    default: Any,
    *,
    low: float = 0.0,
    high: float = 1.0,
    choices: tuple[str, ...] = (),
    title: str = "",
    explanation: str = "",
    choice_titles: tuple[str, ...] = (),
    is_logarithmic: bool = False,
    only_in_training: bool = False,
) -> Any:
    """Declare a hyper-parameter of a settings dataclass; its range is in the field's metadata under `range`."""
    allowed = SettingRange(low, high, choices, title, explanation, choice_titles, is_logarithmic, only_in_training)
    return field(default=default, metadata={"range": allowed})


@dataclass(frozen=True, slots=True)
class NoSettings:
    """The settings of a method that has nothing to turn."""


class MetaLearner(ABC):
    """A method: meta-parameters, settings, and how to adapt from them. `adapt` never changes them.

    `space` lays out the features. `params` are meta-trained parameters; None means the untrained ones, which do what
    prototypes under the stock tail do as far as the method can. `settings` is an instance of `settings_type`; None is
    the default.

    Raises:
        ValueError: if `params` are not the ones this method has in this space, or hold a value that is not finite.
    """

    key: ClassVar[str]
    """Name in settings and commands."""
    title: ClassVar[str]
    """Name on screen, English, marked for translation."""
    short_title: ClassVar[str]
    """The same for a narrow place, at most 12 characters; marked in a context of its own, `ShortTitles`."""
    explanation: ClassVar[str]
    """What it does, in one line for somebody who knows faces but not meta-learning; English, marked for translation."""
    citation: ClassVar[str]
    """Paper and year."""
    builds_on_others: ClassVar[bool] = False
    """Whether it adapts by other methods, whose meta-parameters `build` hands to it."""
    settings_type: ClassVar[type[Any]] = NoSettings
    """Frozen dataclass of the hyper-parameters, each declared with `setting`."""

    def __init__(self, space: FeatureSpace, params: Params | None = None, settings: object | None = None) -> None:
        initial = self.initial_params(space)
        self.space = space
        self.is_trained = params is not None
        self.params: Params = initial if params is None else {name: params[name] for name in initial if name in params}
        self.settings = self.settings_type() if settings is None else settings
        if not isinstance(self.settings, self.settings_type):
            raise ValueError(f"{self.key}: want {self.settings_type.__name__}, got {type(settings).__name__}")  # noqa: TRY004
        wanted = {name: tuple(tensor.shape) for name, tensor in initial.items()}
        got = {name: tuple(tensor.shape) for name, tensor in (params or initial).items()}
        if wanted != got:
            raise ValueError(f"{self.key}: want meta-parameters {wanted}, got {got}")
        if not all(bool(tensor.isfinite().all()) for tensor in self.params.values()):
            raise ValueError(f"{self.key}: a meta-parameter is not finite")

    @classmethod
    def build(cls, space: FeatureSpace, trained: Mapping[str, Params], settings: object | None = None) -> Self:
        """Make it with its own entry of `trained`, which maps methods' keys to meta-parameters; untrained if none."""
        return cls(space, trained.get(cls.key), settings)

    @classmethod
    def initial_params(cls, space: FeatureSpace) -> Params:  # noqa: ARG003 - for those that have some
        """Return the untrained meta-parameters: always the same ones, float32 on the CPU; empty if there are none."""
        return {}

    def with_params(self, params: Params | None) -> Self:
        """Return the same method with those meta-parameters; None are the untrained ones."""
        return type(self)(self.space, params, self.settings)

    def to(self, device: torch.device) -> Self:
        """Return the same learner with its meta-parameters on `device`."""
        moved = {name: tensor.to(device) for name, tensor in self.params.items()}
        learner = self.with_params(moved if self.is_trained else None)
        learner.params = moved
        return learner

    @abstractmethod
    def adapt(self, support: SupportSet, *, on_step: OnStep | None = None) -> AdaptedClassifier:
        """Fit a classifier to the support set: deterministic, whatever the order of the shots; finite scores."""


@dataclass(frozen=True, slots=True, eq=False)
class TrainingFeatures:
    """The meta-training people's faces: `features` (n, c, p) float32, of each picture c copies, the first one clean and
    the others degraded; `person` (n,) int64 in 0 … n_people-1. The last `n_places` copies are of as many places, the
    same ones for every picture."""

    features: Tensor
    person: Tensor
    n_places: int = 0


class TrainableLearner(MetaLearner):
    """A method with something to meta-train by gradients through `episode_loss`.

    A method whose outer update is something else overrides `meta_gradient`; the outer optimizer stays the same.
    """

    frozen: ClassVar[tuple[str, ...]] = ()
    """Names of meta-parameters that `prepare` fits and the outer loop leaves alone."""

    def prepare(self, params: Params, faces: TrainingFeatures) -> Params:  # noqa: ARG002 - for those that fit something
        """Return `params` with what is fitted in closed form before the first outer step, such as cluster centres."""
        return params

    @abstractmethod
    def episode_loss(self, params: Params, episode: Episode, n_way: int) -> Tensor:
        """Loss () on one episode's queries after adapting to its support.

        A pure function that `torch.func.vmap` and `grad` can go through: no `.item()`, no branches on values.
        """

    def meta_gradient(self, params: Params, episodes: Episode, n_way: int) -> tuple[Params, Tensor]:
        """Mean gradient over E stacked episodes, shaped like `params`, and their losses (E,) at `params`."""

        def loss_of(at: Params, episode: Episode) -> Tensor:
            return self.episode_loss(at, episode, n_way)

        gradients, losses = vmap(grad_and_value(loss_of), in_dims=(None, 0))(params, episodes)
        return {name: gradient.mean(0) for name, gradient in gradients.items()}, losses

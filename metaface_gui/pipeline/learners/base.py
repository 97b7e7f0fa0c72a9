"""The learners' contract: a meta-learner adapts to a support set and returns a classifier, without changing itself.

To add a method, write one file with one `MetaLearner` and name its class in `_METHODS` (`learners/__init__.py`).
Two kinds of numbers control a method. *Meta-parameters* are tensors found by meta-training (`Params`, in the style of
`torch.func`: a dictionary from names to tensors that functions take as an argument instead of reading modules).
*Settings* are hyper-parameters that a user can change: a frozen dataclass whose fields carry their ranges.
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
"""Label of a query whose person is not in the support set."""


@dataclass(frozen=True, slots=True, eq=False)
class SupportSet:
    """The enrolled shots of a gallery or an episode.

    `features` is (n_shots, p) float32; `labels` is (n_shots,) int64 in 0 … n_way-1, in any order, with any number of
    shots per person but at least one. `unlabelled` (m, p) holds faces that the same camera showed earlier, one per
    track, enrolled people and strangers mixed (Ren et al. 2018, section 3.2: semi-supervised few-shot learning with
    distractors); None or empty if the camera has shown none yet.

    Raises:
        ValueError: if a shape or a label does not fit, or a feature is not finite.
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
    """A meta-training episode, or E episodes of equal shape stacked along a leading dimension; a `torch.func` pytree.

    `support` is (n, p) float32 with `support_labels` (n,) int64 in 0 … n_way-1; `query` is (q, p) with `query_labels`
    (q,), which are `STRANGER` for people outside the support set. Shots may be unbalanced, but every person has one.
    """

    support: Tensor
    support_labels: Tensor
    query: Tensor
    query_labels: Tensor


@dataclass(frozen=True, slots=True)
class AdaptStep:
    """Progress report of one adaptation step: support loss and support accuracy (0..1) after it.

    A gradient-based method first reports step 0, its starting point: the prototypes, before anything has moved. Any
    other method starts at step 1, which is often its only step. In both cases, a step number that is not greater than
    the previous one marks the start of a new adaptation.
    """

    step: int
    steps: int
    loss: float
    accuracy: float


OnStep = Callable[[AdaptStep], None]


class AdaptedClassifier(Protocol):
    """The result of adaptation: immutable, safe to share between threads.

    `embed` and `class_vectors` exist for visualisation: all their vectors lie on the unit sphere of the space in which
    scores are computed, so that maps of different methods are comparable. Each method's README section says what they
    are in its paper. Scores may depend on more than the angle between the two, such as a bias.
    """

    @property
    def n_way(self) -> int:
        """Number of people that the classifier distinguishes."""

    def scores(self, features: Tensor) -> Tensor:
        """Score faces against people: (n_query, p) → (n_query, n_way) float32, larger = more alike, raw, no softmax."""

    def embed(self, features: Tensor) -> Tensor:
        """Embed faces in the space where `scores` compares them: (n, p) → (n, d) float32, each of length 1."""

    def class_vectors(self) -> Tensor:
        """Return each person's prototype or head row in that space: (n_way, d) float32, each of length 1."""


@dataclass(frozen=True, slots=True)
class SettingRange:
    """Valid values of a hyper-parameter: inclusive bounds for a number, or the list of choices.

    `title`, `explanation` and `choice_titles` (one per choice) are English texts for the screen, marked for translation
    in `Settings`. `is_logarithmic`: equal ratios are equal differences, so a slider should have a logarithmic scale.
    `only_in_training`: the value does not affect adaptation, so the window does not offer it.
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
    """Settings of a method that has none."""


class MetaLearner(ABC):
    """A method: meta-parameters, settings, and how to adapt with them. `adapt` never changes them.

    `space` is the layout of the features. `params` are meta-trained parameters; None means untrained ones, which match
    prototypes under the stock tail as far as the method can. `settings` is a `settings_type`; None is the default.

    Raises:
        ValueError: if `params` do not fit this method and space or are not finite, or `settings` have another type.
    """

    key: ClassVar[str]
    """Name in settings and commands."""
    title: ClassVar[str]
    """Name on screen, English, marked for translation."""
    short_title: ClassVar[str]
    """Short name for narrow places, at most 12 characters; marked in its own translation context, `ShortTitles`."""
    explanation: ClassVar[str]
    """One-line description for a reader who knows faces but not meta-learning; English, marked for translation."""
    citation: ClassVar[str]
    """Paper and year."""
    builds_on_others: ClassVar[bool] = False
    """Whether it uses other methods to adapt; `build` then passes it their meta-parameters."""
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
        """Create it with its own entry of `trained`, which maps keys to meta-parameters; untrained if there is none."""
        return cls(space, trained.get(cls.key), settings)

    @classmethod
    def initial_params(cls, space: FeatureSpace) -> Params:  # noqa: ARG003 - used by subclasses
        """Return the untrained meta-parameters: the same on every call, float32 on the CPU; empty if there are none."""
        return {}

    def with_params(self, params: Params | None) -> Self:
        """Return the same method with these meta-parameters; None means the untrained ones."""
        return type(self)(self.space, params, self.settings)

    def to(self, device: torch.device) -> Self:
        """Return the same learner with its meta-parameters on `device`."""
        moved = {name: tensor.to(device) for name, tensor in self.params.items()}
        learner = self.with_params(moved if self.is_trained else None)
        learner.params = moved
        return learner

    @abstractmethod
    def adapt(self, support: SupportSet, *, on_step: OnStep | None = None) -> AdaptedClassifier:
        """Fit a classifier to the support set: deterministic, in any order of the shots, with finite scores."""


@dataclass(frozen=True, slots=True, eq=False)
class TrainingFeatures:
    """The meta-training people's faces: `features` (n, c, p) float32 has c copies of each picture, the first clean and
    the others degraded; `person` is (n,) int64 in 0 … n_people-1. The last `n_places` copies show the picture in
    `n_places` different places, the same ones for every picture."""

    features: Tensor
    person: Tensor
    n_places: int = 0


class TrainableLearner(MetaLearner):
    """A method that is meta-trained by gradients through `episode_loss`.

    A method with a different outer update overrides `meta_gradient`; the outer optimizer stays the same.
    """

    frozen: ClassVar[tuple[str, ...]] = ()
    """Names of the meta-parameters that the outer loop does not update, e.g. because `prepare` fits them."""

    def prepare(self, params: Params, faces: TrainingFeatures) -> Params:  # noqa: ARG002 - used by subclasses
        """Return `params` with what is fitted in closed form before the first outer step, such as cluster centres."""
        return params

    @abstractmethod
    def episode_loss(self, params: Params, episode: Episode, n_way: int) -> Tensor:
        """Return the loss () on one episode's queries after adapting to its support.

        It must be pure, so that `torch.func.vmap` and `grad` can transform it: no `.item()`, no branches on values.
        """

    def meta_gradient(self, params: Params, episodes: Episode, n_way: int) -> tuple[Params, Tensor]:
        """Return the mean gradient over E stacked episodes, shaped like `params`, and their losses (E,) at `params`."""

        def loss_of(at: Params, episode: Episode) -> Tensor:
            return self.episode_loss(at, episode, n_way)

        gradients, losses = vmap(grad_and_value(loss_of), in_dims=(None, 0))(params, episodes)
        return {name: gradient.mean(0) for name, gradient in gradients.items()}, losses

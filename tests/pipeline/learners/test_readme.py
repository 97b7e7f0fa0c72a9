"""The page to learn from is true: it has every method, and the learner that it adds keeps the contract."""

from __future__ import annotations

import re
import types
from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn.functional import normalize

import metaface_gui.pipeline.learners as learners_package
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners import LEARNERS
from metaface_gui.pipeline.learners.base import STRANGER, AdaptStep, Episode, MetaLearner, SupportSet, TrainableLearner

PAGE = (Path(learners_package.__file__).parent / "README.md").read_text(encoding="utf-8")
SPACE = FeatureSpace(32, 3)


def example() -> str:
    """The python of the section that adds a learner."""
    (code,) = re.findall(r"^```python\n(.*?)^```$", PAGE.partition("## Add a learner in 30 lines")[2], re.S | re.M)
    return str(code)


@pytest.fixture
def registry() -> dict[str, type[MetaLearner]]:
    """A copy of the registry, with the page's learner in it."""
    module = types.ModuleType("ridge")
    exec(compile(example(), "README.md", "exec"), module.__dict__)
    added = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, TrainableLearner) and value.__module__ == "ridge"
    ]
    assert len(added) == 1
    assert added[0].key not in LEARNERS
    assert len(added[0].short_title) <= 12
    assert len(added[0].explanation) <= 110
    return {**LEARNERS, added[0].key: added[0]}


@pytest.fixture
def learner(registry: dict[str, type[MetaLearner]]) -> TrainableLearner:
    made = registry["ridge"].build(SPACE, {})
    assert isinstance(made, TrainableLearner)
    return made


def faces(n: int, seed: int) -> Tensor:
    random = torch.Generator().manual_seed(seed)
    stock = normalize(torch.randn(n, SPACE.embedding_dim, generator=random), dim=1)
    return torch.cat([stock, 0.1 * torch.randn(n, SPACE.projection_dim, generator=random)], 1)


def people(shots: list[int]) -> SupportSet:
    """Person i has `shots[i]` shots about a direction of their own."""
    labels = torch.arange(len(shots)).repeat_interleave(torch.tensor(shots))
    noisy = faces(len(shots), 0)[labels] + 0.2 * faces(len(labels), 1)
    return SupportSet(noisy, labels, len(shots))


def test_every_method_has_a_section_with_its_citation_in_the_registrys_order() -> None:
    sections = re.findall(r"^### `(\w+)`: .*\((.+)\)$", PAGE, re.M)
    assert [key for key, _ in sections] == list(LEARNERS)
    for key, cited in sections:
        assert LEARNERS[key].citation.partition(",")[0] in cited


def test_files_and_names_that_the_page_points_to_exist() -> None:
    folder = Path(learners_package.__file__).parent
    code = "".join(
        path.read_text(encoding="utf-8") for path in (*folder.glob("*.py"), folder.parent / "feature_space.py")
    )
    for name in set(re.findall(r"`(\w+\.py)`", PAGE)) - {"ridge.py", "__init__.py", "feature_space.py"}:
        assert (folder / name).is_file(), name
    for name in re.findall(r"\*Look at\*:.*?`(\w+)`", PAGE):
        assert f"def {name}(" in code or hasattr(torch.func, name), name


def test_the_example_has_forty_lines_of_code_at_most() -> None:
    body = example().partition("class ")[2]
    assert len([line for line in body.splitlines() if line.strip()]) <= 40


@pytest.mark.parametrize("shots", [[1], [1, 1], [1, 20, 7, 2], [3] * 12], ids=str)
def test_the_added_learner_knows_any_gallery(learner: TrainableLearner, shots: list[int]) -> None:
    support = people(shots)
    told: list[AdaptStep] = []
    classifier = learner.adapt(support, on_step=told.append)
    scores = classifier.scores(support.features)
    assert classifier.n_way == len(shots)
    assert classifier.embed(support.features).shape == (len(support.labels), SPACE.embedding_dim)
    assert classifier.class_vectors().shape == (len(shots), SPACE.embedding_dim)
    assert scores.shape == (len(support.labels), len(shots))
    assert scores.isfinite().all()
    assert (scores.argmax(1) == support.labels).all()
    assert [(step.step, step.steps) for step in told] == [(1, 1)]
    own = scores.gather(1, support.labels[:, None]).median()
    assert own > classifier.scores(faces(50, 5)).max(1).values.median()


def test_the_added_learner_does_not_care_for_order_and_stays_what_it_is(learner: TrainableLearner) -> None:
    support, order = people([4, 2, 5]), torch.tensor([7, 3, 0, 10, 1, 9, 4, 2, 8, 6, 5])
    before = {name: tensor.clone() for name, tensor in learner.params.items()}
    probes = faces(6, 8)
    scores = learner.adapt(support).scores(probes)
    assert torch.equal(scores, learner.adapt(support).scores(probes))
    shuffled = SupportSet(support.features[order], support.labels[order], 3)
    torch.testing.assert_close(learner.adapt(shuffled).scores(probes), scores, rtol=1e-4, atol=1e-5)
    assert all(torch.equal(learner.params[name], before[name]) for name in before)


def test_the_added_learner_can_be_meta_trained(learner: TrainableLearner) -> None:
    support = torch.stack([people([2, 2, 2]).features] * 4)
    query = torch.stack([torch.cat([faces(3, 0), faces(4, seed)]) for seed in range(4)])
    labels = torch.tensor([0, 1, 2] + [STRANGER] * 4).expand(4, 7)
    episodes = Episode(support, torch.arange(3).repeat_interleave(2).expand(4, 6), query, labels)
    gradient, losses = learner.meta_gradient(learner.params, episodes, 3)
    assert losses.shape == (4,)
    assert gradient.keys() == learner.params.keys()
    assert all(bool(g.isfinite().all()) and bool(g.norm() > 0) for g in gradient.values())
    stepped = {name: tensor - 1e-3 * gradient[name] for name, tensor in learner.params.items()}
    assert learner.meta_gradient(stepped, episodes, 3)[1].mean() < losses.mean()

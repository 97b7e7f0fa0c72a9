"""Made-up faces: what is fitted to data of a known making comes out of the generator again."""

from __future__ import annotations

import pytest
import torch
from torch.nn.functional import normalize

from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.base import Params, TrainingFeatures
from metaface_gui.pipeline.learners.hallucination import (
    CORRUPTION,
    STRANGERS,
    VARIATION,
    fit_hallucination,
    hallucinated,
    imagined_strangers,
    initial_hallucination,
)
from tests.pipeline.torch_samples import seeded

D = 16
SPACE = FeatureSpace(D, 3)

Fitted = tuple[TrainingFeatures, Params]


def training_faces(people: int = 150, pictures: int = 3, seed: int = 0) -> TrainingFeatures:
    """People about a common direction; half of the copies slightly, half badly degraded; v is 2 s₁…s₃."""
    random = seeded(seed)
    middle = torch.zeros(D)
    middle[0] = 0.5
    person = torch.arange(people).repeat_interleave(pictures)
    own = normalize(middle + 0.25 * torch.randn(people, D, generator=random), dim=1)
    clean = normalize(own[person] + 0.1 * torch.randn(len(person), D, generator=random), dim=1)
    copies = [normalize(clean + size * torch.randn(len(person), D, generator=random), dim=1) for size in (0.05, 0.5)]
    stock = torch.stack([clean, *copies], 1)
    return TrainingFeatures(torch.cat([stock, 2.0 * stock[..., :3]], 2), person)


@pytest.fixture(scope="module")
def fitted() -> Fitted:
    faces = training_faces()
    return faces, fit_hallucination(initial_hallucination(SPACE), faces, SPACE)


def quartiles(likeness: torch.Tensor) -> torch.Tensor:
    return torch.quantile(likeness, torch.tensor([0.25, 0.5, 0.75]))


def test_bad_pictures_are_as_unlike_the_face_as_the_degraded_copies_were(fitted: Fitted) -> None:
    faces, params = fitted
    clean, degraded = faces.features[:, 0], faces.features[:, 1:]
    made_up = hallucinated(params, CORRUPTION, clean.repeat(2, 1), D, seeded(1))
    real = (clean[:, None, :D] * degraded[..., :D]).sum(2).flatten()
    torch.testing.assert_close(
        quartiles((clean.repeat(2, 1) * made_up)[:, :D].sum(1)), quartiles(real), atol=0.1, rtol=0
    )


def test_other_pictures_are_as_unlike_as_those_of_one_person_were(fitted: Fitted) -> None:
    faces, params = fitted
    clean = faces.features[:, 0]
    made_up = (clean * hallucinated(params, VARIATION, clean, D, seeded(1)))[:, :D].sum(1)
    real = (clean[0::3, :D] * clean[1::3, :D]).sum(1)
    torch.testing.assert_close(made_up.median(), real.median(), atol=0.05, rtol=0)


def test_strangers_are_as_unlike_the_people_as_people_are_among_themselves(fitted: Fitted) -> None:
    faces, params = fitted
    clean = faces.features[::3, 0, :D]
    made_up = imagined_strangers(params, 400, D, seeded(1))[::2, :D]
    among = (clean @ clean.T)[torch.triu_indices(150, 150, 1).unbind(0)]
    torch.testing.assert_close(quartiles((made_up @ clean.T).flatten()), quartiles(among), atol=0.1, rtol=0)


def test_the_projections_move_with_the_embedding(fitted: Fitted) -> None:
    faces, params = fitted
    made_up = hallucinated(params, CORRUPTION, faces.features[:, 0], D, seeded(2))
    torch.testing.assert_close(made_up[:, :D].norm(dim=1), torch.ones(len(made_up)))
    assert (made_up[:, D:] - 2.0 * made_up[:, :3]).abs().mean() < 0.1


def test_what_the_data_cannot_tell_stays_untrained() -> None:
    faces = training_faces(people=4, pictures=1)
    initial = initial_hallucination(SPACE)
    fitted = fit_hallucination(initial, TrainingFeatures(faces.features[:, :1], faces.person), SPACE)
    changed = {name.partition(".")[0] for name in initial if not torch.equal(initial[name], fitted[name])}
    assert changed == {STRANGERS}


def test_untrained_bad_pictures_have_a_cosine_of_about_three_quarters() -> None:
    space = FeatureSpace(128)
    faces = normalize(torch.randn(200, 128, generator=seeded(3)), dim=1)
    made_up = hallucinated(initial_hallucination(space), CORRUPTION, faces, 128, seeded(4))
    assert abs(float((faces * made_up).sum(1).mean()) - 0.78) < 0.03


def test_the_same_seed_draws_the_same_faces_and_another_others() -> None:
    params = initial_hallucination(SPACE)
    one, same, other = (imagined_strangers(params, 5, D, seeded(seed)) for seed in (1, 1, 2))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)

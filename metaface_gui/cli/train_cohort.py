"""`metaface train cohort`: fit the generator of the cohort of strangers against which thresholds are set."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import replace

from rich.console import Console

from metaface_gui.cli.training_data import TrainingFaces
from metaface_gui.cli.training_progress import TrainingDisplay
from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError
from metaface_gui.i18n import translate
from metaface_gui.metalearning.cohort_fit import CohortFitSettings, fit_mixture
from metaface_gui.metalearning.cohort_sharpening import GALLERIES, try_sharpenings
from metaface_gui.metalearning.feature_cache import condition_features, default_cache
from metaface_gui.pipeline.embedding.torch_embedder import TorchEmbedder
from metaface_gui.pipeline.feature_space import space_id
from metaface_gui.pipeline.learners import make_learner
from metaface_gui.pipeline.learners.base import Params
from metaface_gui.pipeline.recognition.cohort import save_generator

_SCORER = "prototypical"
"""The method used to evaluate γ: the simplest one."""
_CONDITIONS = ("clean", "hard")
"""The conditions under which γ is evaluated; shots are of the first."""


def train_cohort(
    args: argparse.Namespace,
    embedder: TorchEmbedder,
    faces: TrainingFaces,
    *,
    card: Mapping[str, object],
    display: TrainingDisplay,
    trained: Mapping[str, Params],
) -> None:
    """Fit the generator to the meta-training people's clean features and write it to `args.out`.

    Raises:
        KnownError: if there are too few people, or it cannot be written.
    """
    person, settings = faces.train.person(), CohortFitSettings(seed=args.seed)
    people, needed = faces.train.n_people, 32 * settings.components
    if people < needed:
        raise KnownError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "{count} people are too few for a cohort of strangers: each one would weigh too much. At least "
                "{needed} are needed. Choose a larger folder.",
            ),
            count=people,
            needed=needed,
        )
    cache = args.cache or default_cache()
    clean = display.stage(translate("Commands", "features of the training people"))
    features = condition_features(faces.train, embedder, "clean", seed=0, cache=cache, progress=clean).numpy()
    dimension = embedder.space.embedding_dim
    mixture = fit_mixture(features, person, settings, embedding_dim=dimension)
    looking = display.stage(translate("Commands", "features of the validation people"))
    validation = {
        condition: condition_features(
            faces.validation, embedder, condition, seed=0, cache=cache, progress=looking
        ).numpy()
        for condition in _CONDITIONS
    }
    trials = try_sharpenings(
        mixture,
        validation,
        faces.validation.person(),
        make_learner(_SCORER, embedder.space, trained),
        settings,
        on_progress=display.stage(translate("Commands", "choosing the sharpening")),
    )
    best = min(trials, key=lambda trial: trial.worst_ratio)
    settings = replace(settings, sharpening=best.sharpening)
    described = {
        **card,
        "method": f"metaface_gui.metalearning.cohort_fit.fit_mixture({settings})",
        "fitted_to": f"{len(person)} pictures of {people} people of {card['data']}",
        "privacy": "means and covariances over about a hundred people a component; nobody's template",
        "embedder_id": space_id(embedder.id),
        "validation_fpir": {
            condition: dict(zip(map(str, GALLERIES), rates, strict=True)) for condition, rates in best.achieved.items()
        },
    }
    metadata = {name: value if isinstance(value, str) else json.dumps(value) for name, value in described.items()}
    generator = mixture.generator(settings.sharpening, settings.rank, metadata)
    save_generator(generator, args.out)
    for condition, rates in best.achieved.items():
        shares = ", ".join(f"{count}: {rate:.2%}" for count, rate in zip(GALLERIES, rates, strict=True))
        text = translate(
            "Commands",
            "γ = {sharpening}, {condition}: promised 1 %, actual by number of people enrolled: {shares}",
            sharpening=best.sharpening,
            condition=condition,
            shares=shares,
        )
        Console(highlight=False).print(text, markup=False, soft_wrap=True)

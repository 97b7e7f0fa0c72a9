from __future__ import annotations

import pytest

from metaface_gui.settings import RecognitionSettings


def test_the_deciding_learner_is_not_compared_with_itself_and_nobody_twice() -> None:
    settings = RecognitionSettings(learner="maml", compared=("reptile", "maml", "reptile", "rl2"))
    assert settings.compared == ("reptile", "rl2")
    assert settings.learners == ("maml", "reptile", "rl2")


def test_another_learner_decides_alone() -> None:
    assert RecognitionSettings().decided_by("maml").learners == ("maml",)


def test_who_ran_beside_changes_places_with_who_decided() -> None:
    settings = RecognitionSettings(learner="maml", compared=("reptile", "rl2"))
    assert settings.decided_by("rl2").learners == ("rl2", "reptile", "maml")
    assert settings.decided_by("rl2").decided_by("maml") == settings
    assert settings.decided_by("maml") == settings
    assert settings.decided_by("siamese").learners == ("siamese", "reptile", "rl2")


@pytest.mark.parametrize("fpir", [0.0, 1.0, -0.1, float("nan")])
def test_a_share_lies_between_nothing_and_all(fpir: float) -> None:
    with pytest.raises(ValueError, match="fpir"):
        RecognitionSettings(fpir=fpir)

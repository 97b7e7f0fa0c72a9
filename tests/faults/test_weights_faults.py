"""Every file of weights that ships, cut, changed, missing, or another one: it is refused by name, and the app goes on.

Fetching, installing and checking one file is in `tests/weights/test_store.py`; templates of another embedder
in `tests/engine/test_assembly.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from metaface_gui.engine.engine import Engine
from metaface_gui.engine.events import ModelsChanged, ModelState
from metaface_gui.errors import WeightsError
from metaface_gui.gallery import Gallery
from metaface_gui.pipeline.embedding.projection import read_projection
from metaface_gui.pipeline.embedding.sface import load_sface
from metaface_gui.pipeline.embedding.tuned_trunk import read_tuned_trunk
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.parameters import learner_of, read_params
from metaface_gui.pipeline.recognition.cohort import read_generator
from metaface_gui.resources import weights_dir
from metaface_gui.settings import RecognitionSettings
from metaface_gui.weights.store import WeightsEntry, WeightsStatus, WeightsStore
from tests.engine.listening import Listener

SHIPPED = [entry for entry in WeightsStore(weights_dir(), Path("nowhere")).entries() if entry.url is None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the weights that costs nothing: links, to be replaced by what a test puts there."""
    folder = tmp_path / "shipped"
    folder.mkdir()
    for file in weights_dir().iterdir():
        if file.is_file():
            (folder / file.name).symlink_to(file)
    return folder


def put(file: Path, content: bytes | None) -> None:
    file.unlink(missing_ok=True)
    if content is not None:
        file.write_bytes(content)


def flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


DAMAGES: dict[str, Callable[[bytes], bytes | None]] = {
    "missing": lambda _data: None,
    "empty": lambda _data: b"",
    "truncated": lambda data: data[:-1],
    "longer": lambda data: data + b"\0",
    "one bit": flipped,
    "another file": lambda data: bytes(len(data)),
}


@pytest.mark.parametrize("entry", SHIPPED, ids=[entry.name for entry in SHIPPED])
def test_nothing_but_the_published_file_is_handed_out(folder: Path, tmp_path: Path, entry: WeightsEntry) -> None:
    file = folder / entry.file
    whole = file.read_bytes()
    store = WeightsStore(folder, tmp_path / "user")
    assert store.path(entry.name) == file
    for name, damage in DAMAGES.items():
        put(file, damage(whole))
        with pytest.raises(WeightsError) as caught:
            store.path(entry.name)
        assert entry.file in str(caught.value), name
        assert str(caught.value).endswith("Install MetaFace again."), name
        if name in ("missing", "one bit"):  # reads all the others, too
            (found,) = [result.status for result in store.verify() if result.entry.name == entry.name]
            assert found is (WeightsStatus.MISSING if name == "missing" else WeightsStatus.DAMAGED)
    file.write_bytes(whole)
    assert store.path(entry.name) == file


SPACE = FeatureSpace(128, 128)

READERS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "embedder": ("sface-2021dec", lambda path: load_sface(path, torch.device("cpu"))),
    "trunk": ("trunk-", lambda path: read_tuned_trunk(path, embedder_id="sface-2021dec")),
    "projection": ("projection-", lambda path: read_projection(path, embedder_id="sface-2021dec")),
    "cohort": ("cohort-", read_generator),
    "any learner": ("", learner_of),
    "a learner": ("maml-", lambda path: read_params(path, key="maml", space=SPACE, embedder_id="sface-2021dec")),
}


@pytest.mark.parametrize("role", READERS)
def test_a_file_of_another_kind_is_refused_even_with_a_checksum_that_fits(role: str) -> None:
    """The manifest itself may be wrong, or a user's own: each reader looks at what it is given."""
    prefix, read = READERS[role]
    for entry in SHIPPED:
        is_its_own = entry.name.startswith(prefix) if prefix else entry.role == "learner"
        if not is_its_own:
            with pytest.raises(WeightsError):
                read(weights_dir() / entry.file)


@pytest.mark.parametrize("damage", ["", "metaface", "\0" * 4096, '{"weights": 7}'], ids=["empty", "text", "zeros", "7"])
@pytest.mark.parametrize("role", READERS)
def test_what_is_no_weights_at_all_is_refused(tmp_path: Path, role: str, damage: str) -> None:
    (tmp_path / "file").write_text(damage)
    with pytest.raises(WeightsError):
        READERS[role][1](tmp_path / "file")


def test_the_window_says_which_file_is_damaged_and_goes_on_once_it_is_right(
    folder: Path, tmp_path: Path, gallery: Gallery, listener: Listener
) -> None:
    file = folder / "face_recognition_sface_2021dec_int8bq.onnx"
    whole = file.read_bytes()
    put(file, flipped(whole))
    engine = Engine(gallery, WeightsStore(folder, tmp_path / "user"), listener, RecognitionSettings())
    engine.start()
    try:
        failed = listener.wait(ModelsChanged, lambda event: event.state is ModelState.FAILED)
        assert str(failed.error) == (
            f"{file} is damaged or was changed: its checksum is not the published one. Install MetaFace again."
        )
        file.write_bytes(whole)
        engine.models.set_learner(RecognitionSettings().learner)
        listener.wait(ModelsChanged, lambda event: event.state is ModelState.READY)
    finally:
        assert engine.stop(timeout_s=20.0)

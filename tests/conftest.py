"""What every test stands on: no screen, no network, no leaked threads or timers, no file or key of the user's."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Pixels are counted and windows measured at 100 %, however large whoever tests has their screen.
os.environ.pop("QT_FONT_DPI", None)
os.environ.pop("QT_SCALE_FACTOR", None)
os.environ.pop("QT_SCREEN_SCALE_FACTORS", None)
os.environ.pop("QT_USE_PHYSICAL_DPI", None)

# Processes that test side by side, and the programs that they start, share the cores: one thread each.
if int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")) > 1:
    os.environ.setdefault("OMP_NUM_THREADS", "1")

# Where no compiled sources are to lie beside the sources, as many containers have it, every process of a run would
# compile PyTorch for itself: seconds, and there are a hundred. They go where pytest keeps what it remembers.
if sys.dont_write_bytecode:
    sys.dont_write_bytecode = False
    sys.pycache_prefix = str(Path(__file__).resolve().parents[1] / ".pytest_cache" / "bytecode")
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Whoever starts the tests may ignore hang-ups, as nohup does, or Ctrl+C, as a shell does for what runs behind it; the
# programs that the tests start must not inherit that.
if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

import hypothesis
import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from metaface_gui.pipeline.processor import usable_cores
from metaface_gui.program_log import stop_log
from metaface_gui.resources import weights_dir
from metaface_gui.weights.store import WeightsStore
from tests.leaks import QtGuard, threads_left
from tests.network_guard import NetworkGuard
from tests.patience import PATIENCE_MS

# Everybody's run judges by the same examples; `--hypothesis-profile=default` tries new ones.
hypothesis.settings.register_profile("same", derandomize=True)
hypothesis.settings.load_profile("same")


_GUARD = pytest.StashKey[NetworkGuard]()
QT_GUARD = pytest.StashKey[QtGuard]()


def pytest_configure(config: pytest.Config) -> None:
    """Watch the network, and Qt's timers and threads, and wait for Qt as patiently as for all else."""
    config.stash[_GUARD] = NetworkGuard()
    sys.addaudithook(config.stash[_GUARD])  # stays for as long as the process
    patch = pytest.MonkeyPatch()
    config.add_cleanup(patch.undo)
    config.stash[QT_GUARD] = QtGuard()
    config.stash[QT_GUARD].watch(patch)
    for wait in (QtBot.waitSignal, QtBot.waitSignals, QtBot.waitUntil):
        patch.setattr(wait, "__kwdefaults__", {**(wait.__kwdefaults__ or {}), "timeout": PATIENCE_MS})


def pytest_xdist_auto_num_workers() -> int | None:
    """A process more than there are cores: many a test waits for a camera's next picture or a process' end."""
    return None if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ else usable_cores() + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take long, so that none of them keeps one process busy when the others are done."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> WeightsStore:
    """The weights that ship, and an empty folder of the user's: whoever puts something there makes another."""
    return WeightsStore(weights_dir(), tmp_path_factory.mktemp("weights"))


@pytest.fixture(autouse=True, scope="session")
def _pytorch_is_there() -> None:
    """Load PyTorch, not in the middle of a test that waits for an answer: it may take many seconds."""
    import torch  # noqa: F401 - and not above: the process that only hands out the tests needs none


@pytest.fixture(autouse=True)
def _denormals_are_kept(_pytorch_is_there: None) -> Iterator[None]:
    """Take back what the program sets for its whole process; Hypothesis refuses to go without them."""
    import torch

    yield
    torch.set_flush_denormal(False)


@pytest.fixture(autouse=True, scope="session")
def _networks_are_compiled_once() -> Iterator[None]:
    """Share what OpenVINO compiled between all who embed in this process: each engine would read and check 50 MB."""
    from metaface_gui.pipeline import openvino_runtime
    from metaface_gui.pipeline.detection import openvino_yunet
    from metaface_gui.pipeline.embedding import openvino_sface

    compile_network, shared = openvino_runtime.compile_network, dict[object, object]()

    def compile_once(
        build: openvino_runtime.Build,
        cache: openvino_runtime.CompiledCache | None,
        *,
        threads: int | None,
        properties: Mapping[str, str] = MappingProxyType({}),
    ) -> object:
        if cache is None or sys.modules.get("openvino", "not loaded") is None:
            return compile_network(build, cache, threads=threads, properties=properties)
        key = (cache.name, cache.made_of, threads)
        if key not in shared:
            shared[key] = compile_network(build, cache, threads=threads, properties=properties)
        return shared[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(openvino_sface, "compile_network", compile_once)
        patch.setattr(openvino_yunet, "compile_network", compile_once)
        yield


@pytest.fixture(autouse=True)
def network_guard(request: pytest.FixtureRequest) -> Iterator[NetworkGuard]:
    """Fail a test that tries to reach another computer."""
    guard = request.config.stash[_GUARD]
    guard.tried.clear()
    yield guard
    assert not guard.tried, f"tried to leave this computer: {guard.tried}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    """Delete what waits for an event loop to be deleted, whole windows; then no timer or thread of Qt may run.

    Every change of the theme would style those windows too.
    """
    yield
    if QCoreApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = item.config.stash[QT_GUARD].take_left()
    assert not left, f"timers or threads of Qt left running: {left}"


@pytest.fixture(autouse=True)
def _no_leaked_threads() -> Iterator[None]:
    """Fail a test that leaves one of its Python threads running."""
    before = set(threading.enumerate())
    yield
    left = threads_left(before)
    assert not left, f"threads left running: {left}"


class Homes:
    """Folders for the user's own files, each as a user has it who never started the program.

    One that a test left as it was serves the next test too: thousands of tests never look at it, and each new one means
    six folders to make and to remove. Compiled networks are shared between all of them, which saves every test that
    starts an engine half a second of both cores.
    """

    def __init__(self, factory: pytest.TempPathFactory) -> None:
        self._factory = factory
        self._compiled = factory.mktemp("compiled")
        self._untouched: Path | None = None

    def take(self) -> Path:
        """One that nobody has written to."""
        home, self._untouched = self._untouched, None
        return home or self._make()

    def give_back(self, home: Path) -> None:
        """Keep it for the next test if nothing was put into it."""
        if sys.platform == "linux":
            inside = [entry.relative_to(home).as_posix() for entry in sorted(home.glob("**/*"))]
            is_untouched = inside == list(_CACHE_OF_A_HOME)
        else:
            is_untouched = not any(home.iterdir())
        self._untouched = home if is_untouched else None

    def _make(self) -> Path:
        home = self._factory.mktemp("home")
        if sys.platform == "linux":
            *_, compiled = (home / folder for folder in _CACHE_OF_A_HOME)
            compiled.parent.mkdir(parents=True)
            compiled.symlink_to(self._compiled, target_is_directory=True)
        return home


_CACHE_OF_A_HOME = ("xdg_cache_home", "xdg_cache_home/metaface", "xdg_cache_home/metaface/compiled")


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Homes:
    return Homes(tmp_path_factory)


@pytest.fixture(autouse=True)
def _own_user_folders(monkeypatch: pytest.MonkeyPatch, _homes: Homes) -> Iterator[None]:
    """Point the user's data and settings folders into a temporary one, and end the log that was begun there."""
    home = _homes.take()
    for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "HOME", "LOCALAPPDATA", "APPDATA"):
        monkeypatch.setenv(variable, str(home / variable.lower()))
    yield
    stop_log()  # the window's and the demo's goes on until their process ends
    _homes.give_back(home)


@pytest.fixture(autouse=True, scope="session")
def _own_keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the keys of galleries in a folder of the session's, and let nothing ask the keyring of whoever tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("METAFACE_KEY_FOLDER", str(tmp_path_factory.mktemp("keys")))
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
        yield


@pytest.fixture
def assets() -> Path:
    """The shipped `assets/` folder."""
    from metaface_gui.resources import assets_dir

    return assets_dir()

"""What every test stands on: no screen, no network, no leaked threads, no file or key of the user's."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# Processes that test side by side, and the programs that they start, share the cores: one thread each.
if int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")) > 1:
    os.environ.setdefault("OMP_NUM_THREADS", "1")

# Whoever starts the tests may ignore hang-ups, as nohup does, or Ctrl+C, as a shell does for what runs behind it; the
# programs that the tests start must not inherit that.
if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

import hypothesis
import pytest
import torch  # noqa: F401 - here and not in the middle of a test that waits for an answer: it may take many seconds

from metaface_gui.program_log import stop_log
from tests.network_guard import NetworkGuard

# Everybody's run judges by the same examples; `--hypothesis-profile=default` tries new ones.
hypothesis.settings.register_profile("same", derandomize=True)
hypothesis.settings.load_profile("same")


_GUARD = pytest.StashKey[NetworkGuard]()


def pytest_configure(config: pytest.Config) -> None:
    """Watch the network; an audit hook stays for as long as the process."""
    config.stash[_GUARD] = NetworkGuard()
    sys.addaudithook(config.stash[_GUARD])


@pytest.fixture(autouse=True)
def network_guard(request: pytest.FixtureRequest) -> Iterator[NetworkGuard]:
    """Fail a test that tries to reach another computer."""
    guard = request.config.stash[_GUARD]
    guard.tried.clear()
    yield guard
    assert not guard.tried, f"tried to leave this computer: {guard.tried}"


@pytest.fixture(autouse=True)
def _no_leaked_threads() -> Iterator[None]:
    """Fail a test that leaves one of its Python threads running."""
    before = set(threading.enumerate())
    yield
    leaked = [thread for thread in threading.enumerate() if thread not in before]
    for thread in leaked:
        thread.join(timeout=1.0)
    still = [thread.name for thread in leaked if thread.is_alive()]
    assert not still, f"threads left running: {still}"


@pytest.fixture(scope="session")
def _compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("compiled")


@pytest.fixture(autouse=True)
def _own_user_folders(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, _compiled_once: Path
) -> Iterator[None]:
    """Point the user's data and settings folders into a temporary one, and end the log that was begun there.

    Compiled networks are shared, which saves every test that starts an engine half a second of both cores.
    """
    home = tmp_path_factory.mktemp("home")
    for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "HOME", "LOCALAPPDATA", "APPDATA"):
        monkeypatch.setenv(variable, str(home / variable.lower()))
    if sys.platform == "linux":
        compiled = home / "xdg_cache_home" / "metaface" / "compiled"
        compiled.parent.mkdir(parents=True)
        compiled.symlink_to(_compiled_once, target_is_directory=True)
    yield
    stop_log()  # the window's and the demo's goes on until their process ends


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

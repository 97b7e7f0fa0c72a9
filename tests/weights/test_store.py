from __future__ import annotations

import contextlib
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from metaface_gui.errors import WeightsError
from metaface_gui.resources import weights_dir
from metaface_gui.weights.download import FetchCancelledError
from metaface_gui.weights.store import WeightsStatus, WeightsStore

PAYLOAD = np.random.default_rng(0).bytes(3_000_000)


@dataclass
class Server:
    """What the test server sends, and what it was asked."""

    url: str = ""
    payload: bytes = PAYLOAD
    cut_after: int | None = None
    """The first answer breaks off after so many bytes."""
    honours_ranges: bool = True
    status: int | None = None
    ranges: list[str | None] = field(default_factory=list)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test server is on this machine, whatever proxy the environment names."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def server() -> Iterator[Server]:
    told = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers.get("Range")
            told.ranges.append(wanted)
            if told.status is not None:
                self.send_error(told.status)
                return
            start = 0
            if wanted and told.honours_ranges:
                start = int(wanted.removeprefix("bytes=").removesuffix("-"))
                self.send_response(206)
            else:
                self.send_response(200)
            body = told.payload[start:]
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if told.cut_after is not None:
                body, told.cut_after = body[: told.cut_after], None
            with contextlib.suppress(ConnectionError):  # a cancelled download hangs up
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = False
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    told.url = f"http://127.0.0.1:{httpd.server_address[1]}/remote.bin"
    yield told
    httpd.shutdown()
    httpd.server_close()
    thread.join()


def make_store(tmp_path: Path, url: str = "http://127.0.0.1:9/remote.bin", **overrides: object) -> WeightsStore:
    shipped = tmp_path / "shipped"
    shipped.mkdir(exist_ok=True)
    if not (shipped / "local.bin").exists():
        (shipped / "local.bin").write_bytes(b"shipped weights")
    common = {"role": "embedder", "license": "MIT", "source": "test"}
    entries = [
        {
            "name": "local",
            "key": "a",
            "file": "local.bin",
            "size": 15,
            "sha256": hashlib.sha256(b"shipped weights").hexdigest(),
        },
        {
            "name": "remote",
            "key": "b",
            "file": "remote.bin",
            "size": len(PAYLOAD),
            "sha256": hashlib.sha256(PAYLOAD).hexdigest(),
            "url": url,
            "signature": {"last.weight": [4, 3]},
        }
        | overrides,
    ]
    (shipped / "manifest.json").write_text(json.dumps({"weights": [common | entry for entry in entries]}))
    return WeightsStore(shipped, tmp_path / "user")


def fetch(store: WeightsStore, on_progress: Callable[[int, int | None], None] = lambda done, total: None) -> Path:
    return store.fetch("remote", on_progress, lambda: False)


def test_the_weights_that_ship_are_the_published_ones() -> None:
    results = WeightsStore(weights_dir(), Path("nowhere")).verify()
    shipped = [result for result in results if result.entry.url is None]
    assert {result.entry.key for result in shipped} >= {"yunet", "sface"}
    assert all(result.status is WeightsStatus.OK for result in shipped)
    assert all(result.path is not None and result.path.stat().st_size == result.entry.size for result in shipped)


def test_every_entry_of_the_manifest_has_a_checksum_and_a_licence() -> None:
    for entry in WeightsStore(weights_dir(), Path("nowhere")).entries():
        assert len(bytes.fromhex(entry.sha256)) == 32
        assert entry.license
        assert entry.size > 0


def test_a_shipped_file_is_handed_out(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    assert store.path("local").read_bytes() == b"shipped weights"
    assert store.is_available("local")
    assert store.version("local") == ""


@pytest.mark.parametrize("damage", [b"", b"shipped weight", b"shipped weightz"])
def test_a_truncated_or_changed_file_is_refused(tmp_path: Path, damage: bytes) -> None:
    store = make_store(tmp_path)
    (tmp_path / "shipped" / "local.bin").write_bytes(damage)
    with pytest.raises(WeightsError, match=r"damaged or was changed.*Install MetaFace again"):
        store.path("local")


def test_a_file_changed_after_it_was_checked_is_refused(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    path = store.path("local")
    path.write_bytes(b"other weights!!")
    with pytest.raises(WeightsError, match="damaged"):
        store.path("local")


def test_verify_reads_anew_even_if_size_and_time_are_the_same(tmp_path: Path) -> None:
    import os

    store = make_store(tmp_path)
    path = store.path("local")
    before = path.stat()
    path.write_bytes(b"other weights!!")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert store.verify()[0].status is WeightsStatus.DAMAGED


def test_missing_files_say_the_next_step(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    (tmp_path / "shipped" / "local.bin").unlink()
    assert [result.status for result in store.verify()] == [WeightsStatus.MISSING, WeightsStatus.NOT_FETCHED]
    assert not store.is_available("remote")
    with pytest.raises(WeightsError, match="Install MetaFace again"):
        store.path("local")
    with pytest.raises(WeightsError, match="metaface weights fetch remote"):
        store.path("remote")
    with pytest.raises(WeightsError, match="Choose one of: local, remote"):
        store.path("nonsense")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"weights": [{"name": "x"}]}', '{"weights": 3}', '{"weights": ["x"]}']
)
def test_an_unreadable_manifest_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(WeightsError, match="Install MetaFace again"):
        WeightsStore(tmp_path, tmp_path)


def test_fetch_reports_progress_and_verifies(tmp_path: Path, server: Server) -> None:
    store = make_store(tmp_path, server.url)
    seen: list[tuple[int, int | None]] = []
    path = fetch(store, lambda done, total: seen.append((done, total)))
    assert path.read_bytes() == PAYLOAD
    assert seen[0][0] == 0
    assert seen[-1] == (len(PAYLOAD), len(PAYLOAD))
    assert seen == sorted(seen)
    assert len(seen) > 3
    assert [file.name for file in (tmp_path / "user").iterdir()] == ["remote.bin"]
    fetch(store)
    assert server.ranges == [None], "what is there is not fetched again"


def test_a_cut_connection_is_continued_at_once(tmp_path: Path, server: Server) -> None:
    server.cut_after = 1_000_000
    assert fetch(make_store(tmp_path, server.url)).read_bytes() == PAYLOAD
    assert server.ranges[0] is None
    assert len(server.ranges) == 2
    assert server.ranges[1] is not None


def test_a_cancelled_fetch_is_continued_where_it_stopped(tmp_path: Path, server: Server) -> None:
    store = make_store(tmp_path, server.url)
    done: list[int] = []
    with pytest.raises(FetchCancelledError, match="continues where it stopped"):
        store.fetch("remote", lambda so_far, total: done.append(so_far), lambda: len(done) > 4)
    assert not store.is_available("remote")
    assert fetch(store).read_bytes() == PAYLOAD
    assert server.ranges == [None, f"bytes={done[-1]}-"]


def test_a_server_without_ranges_sends_it_all_again(tmp_path: Path, server: Server) -> None:
    server.honours_ranges = False
    (tmp_path / "user").mkdir()
    (tmp_path / "user" / "remote.bin.part").write_bytes(PAYLOAD[:1000])
    assert fetch(make_store(tmp_path, server.url)).read_bytes() == PAYLOAD


@pytest.mark.parametrize("payload", [PAYLOAD[:-1] + b"?", PAYLOAD + b"more", b"<html>log in first</html>"])
def test_another_file_than_published_is_not_kept(tmp_path: Path, server: Server, payload: bytes) -> None:
    server.payload = payload
    store = make_store(tmp_path, server.url)
    with pytest.raises(WeightsError, match=r"a remote\.bin that differs from the published one"):
        fetch(store)
    assert list((tmp_path / "user").iterdir()) == []


@pytest.mark.parametrize(
    ("part", "asked"), [(PAYLOAD, []), (PAYLOAD + b"more", [None])], ids=["all but renamed", "longer than published"]
)
def test_what_an_earlier_attempt_left_is_used_or_thrown_away(
    tmp_path: Path, server: Server, part: bytes, asked: list[str | None]
) -> None:
    (tmp_path / "user").mkdir()
    (tmp_path / "user" / "remote.bin.part").write_bytes(part)
    assert fetch(make_store(tmp_path, server.url)).read_bytes() == PAYLOAD
    assert server.ranges == asked


def test_a_part_that_the_server_cannot_continue_is_thrown_away(tmp_path: Path, server: Server) -> None:
    store = make_store(tmp_path, server.url)
    (tmp_path / "user").mkdir()
    (tmp_path / "user" / "remote.bin.part").write_bytes(PAYLOAD[:1000])
    server.status = 416
    with pytest.raises(WeightsError):
        fetch(store)
    server.status = None
    assert fetch(store).read_bytes() == PAYLOAD
    assert server.ranges == ["bytes=1000-", None]


def test_a_damaged_part_of_an_earlier_attempt_does_not_stick(tmp_path: Path, server: Server) -> None:
    store = make_store(tmp_path, server.url)
    (tmp_path / "user").mkdir()
    (tmp_path / "user" / "remote.bin.part").write_bytes(b"x" * 1000)
    with pytest.raises(WeightsError, match="Try again"):
        fetch(store)
    assert fetch(store).read_bytes() == PAYLOAD


def test_a_damaged_file_is_replaced_by_fetching(tmp_path: Path, server: Server) -> None:
    store = make_store(tmp_path, server.url)
    (tmp_path / "user").mkdir()
    (tmp_path / "user" / "remote.bin").write_bytes(b"x" * 1000)
    with pytest.raises(WeightsError, match="metaface weights fetch remote"):
        store.path("remote")
    assert fetch(store).read_bytes() == PAYLOAD


def test_offline_names_host_file_and_folder(tmp_path: Path) -> None:
    store = make_store(tmp_path, "http://127.0.0.1:9/remote.bin")
    with pytest.raises(WeightsError) as raised:
        fetch(store)
    text = str(raised.value)
    assert "Cannot reach 127.0.0.1:9" in text
    assert "http://127.0.0.1:9/remote.bin" in text
    assert str(tmp_path / "user") in text


def test_a_refusal_names_its_status(tmp_path: Path, server: Server) -> None:
    server.status = 404
    with pytest.raises(WeightsError, match="HTTP 404"):
        fetch(make_store(tmp_path, server.url))


def test_too_little_space_is_said_before_anything_is_fetched(tmp_path: Path, server: Server) -> None:
    with pytest.raises(WeightsError, match="Free some space"):
        fetch(make_store(tmp_path, server.url, size=10**18))
    assert server.ranges == []


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path, server: Server) -> None:
    (tmp_path / "user").write_text("a file where the folder should be")
    with pytest.raises(WeightsError, match="Cannot write"):
        fetch(make_store(tmp_path, server.url))


def test_installing_the_published_file(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    (tmp_path / "download.pt").write_bytes(PAYLOAD)
    assert store.install("remote", tmp_path / "download.pt").read_bytes() == PAYLOAD
    assert store.version("remote") == ""
    assert store.verify()[1].status is WeightsStatus.OK


def test_installing_a_safetensors_copy_gives_its_templates_an_id_of_their_own(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    file = tmp_path / "half.safetensors"
    save_file({"last.weight": np.zeros((4, 3), np.float16)}, file)
    path = store.install("remote", file)
    assert path.read_bytes() == file.read_bytes()
    assert store.version("remote") == "+" + hashlib.sha256(file.read_bytes()).hexdigest()[:8]
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(WeightsError, match="damaged"):
        store.path("remote")


def test_files_of_another_network_are_not_installed(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    for name, content in {"wrong.pt": b"a pickle may run code", "empty.safetensors": b""}.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(WeightsError, match=r"neither remote\.bin nor"):
            store.install("remote", tmp_path / name)
    save_file({"last.weight": np.zeros((4, 4), np.float16)}, tmp_path / "other.safetensors")
    with pytest.raises(WeightsError, match="neither"):
        store.install("remote", tmp_path / "other.safetensors")
    with pytest.raises(WeightsError, match="Cannot install"):
        store.install("remote", tmp_path / "not there")
    with pytest.raises(WeightsError, match="Cannot install"):
        store.install("remote", tmp_path)
    assert not store.is_available("remote")

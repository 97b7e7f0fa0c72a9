"""The guard hears of what leaves this computer, and of nothing else."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from tests.network_guard import NetworkGuard


@pytest.mark.parametrize(
    "reach_out",
    [
        lambda: socket.create_connection(("192.0.2.1", 80), timeout=1),
        lambda: socket.create_connection(("example.org", 80), timeout=1),
        lambda: socket.getaddrinfo("example.org", 443),
        lambda: socket.gethostbyname("example.org"),
        lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 53)),
        lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(("192.0.2.1", 53)),
        lambda: socket.socket(socket.AF_INET6, socket.SOCK_STREAM).connect(("2001:db8::1", 80)),
        lambda: requests.get("https://example.org", timeout=1),
    ],
)
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_what_leaves_is_refused_and_put_down(network_guard: NetworkGuard, reach_out: Callable[[], object]) -> None:
    with pytest.raises(OSError, match=r"may not reach (192\.0\.2\.1|example\.org|2001:db8::1)"):
        reach_out()
    assert network_guard.tried
    network_guard.tried.clear()


def test_also_in_another_thread_and_where_the_failure_is_swallowed(network_guard: NetworkGuard) -> None:
    def hide() -> None:
        with socket.socket() as one:
            assert one.connect_ex(("localhost", 9)) != 0
        with pytest.raises(OSError, match="may not reach"):
            socket.getaddrinfo("tracker.example", 443)

    thread = threading.Thread(target=hide)
    thread.start()
    thread.join()
    assert network_guard.tried == ["socket.getaddrinfo tracker.example"]
    network_guard.tried.clear()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_a_server_of_the_test_itself_is_reached(network_guard: NetworkGuard, host: str) -> None:
    family = socket.AF_INET6 if host == "::1" else socket.AF_INET
    if family == socket.AF_INET6 and not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    with socket.socket(family) as server:
        try:
            server.bind((host, 0))
        except OSError:
            pytest.skip(f"no {host} here")
        server.listen()
        with socket.create_connection((host, server.getsockname()[1]), timeout=10):
            pass
    assert network_guard.tried == []


@pytest.mark.skipif(os.name != "posix", reason="no UNIX sockets")
def test_a_unix_socket_is_no_network(network_guard: NetworkGuard, tmp_path: Path) -> None:
    path = os.path.relpath(tmp_path / "s")  # their names may be 107 bytes long
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(path)
        server.listen()
        client.connect(path)
    assert network_guard.tried == []

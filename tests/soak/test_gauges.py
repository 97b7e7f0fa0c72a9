from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

from tests.soak import gauges

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def test_what_is_added_is_counted_and_what_goes_is_not(tmp_path: Path) -> None:
    objects, threads, descriptors = gauges.objects(), gauges.py_threads(), gauges.descriptors()
    kept = [[number] for number in range(1000)]
    end = threading.Event()
    waiting = threading.Thread(target=end.wait)
    waiting.start()
    with (tmp_path / "file").open("w"):
        assert gauges.objects() >= objects + 1000
        assert gauges.py_threads() == threads + 1
        assert gauges.os_threads() >= threads + 1
        assert gauges.descriptors() == descriptors + 1
    end.set()
    waiting.join()
    del kept
    assert gauges.objects() < objects + 500
    assert (gauges.py_threads(), gauges.descriptors()) == (threads, descriptors)


def test_memory_is_in_megabytes() -> None:
    assert 10 < gauges.resident_mb() < 20_000

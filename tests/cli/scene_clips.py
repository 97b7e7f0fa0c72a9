"""Clips of the demo scene as files, for commands that look at videos."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import cv2

from metaface_gui.pipeline.capture.demo.scene import DemoSceneSource


def write_scene_clips(folder: Path, frames: Mapping[str, int]) -> None:
    """Write clips of so many frames by their names in `folder`, in which each goes on where the one before ended."""
    source = DemoSceneSource(width=640, height=360, live=False)
    source.open()
    for name, count in frames.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 30.0, (640, 360))
        for _ in range(count):
            frame = source.read()
            assert frame is not None
            writer.write(frame.image_bgr)
        writer.release()
    source.close()

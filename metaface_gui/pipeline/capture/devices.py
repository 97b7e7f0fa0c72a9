"""The cameras of this computer, with names if the platform provides them."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import cv2
from cv2_enumerate_cameras import enumerate_cameras

_API = {"linux": cv2.CAP_V4L2, "win32": cv2.CAP_MSMF, "darwin": cv2.CAP_AVFOUNDATION}


@dataclass(frozen=True, slots=True)
class CameraDevice:
    """A camera: its number for `WebcamSource`, its name on screen, and its device path ("" if there is none)."""

    index: int
    name: str
    path: str


def list_cameras() -> tuple[CameraDevice, ...]:
    """List the cameras without opening any; takes milliseconds to seconds, so do not call it on the GUI thread."""
    api = _API.get(sys.platform, cv2.CAP_ANY)
    found: dict[int, CameraDevice] = {}
    for camera in enumerate_cameras(api):
        index = int(camera.index)
        found.setdefault(index, CameraDevice(index, str(camera.name or f"Camera {index}"), str(camera.path or "")))
    if not found and sys.platform == "linux":
        found = {camera.index: camera for camera in _from_sysfs(Path("/sys/class/video4linux"))}
    return tuple(found[index] for index in sorted(found))


def _from_sysfs(folder: Path) -> list[CameraDevice]:
    """Read the kernel's own list, for containers without udev."""
    cameras = []
    for device in folder.glob("video*"):
        number = device.name.removeprefix("video")
        name, order = device / "name", device / "index"
        # A camera has several nodes (pictures, metadata); the first one delivers pictures.
        is_first = not order.is_file() or order.read_text().strip() == "0"
        if number.isdigit() and is_first:
            title = name.read_text().strip() if name.is_file() else f"Camera {number}"
            cameras.append(CameraDevice(int(number), title, f"/dev/{device.name}"))
    return cameras

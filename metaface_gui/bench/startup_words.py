"""The words by which a starting process reports its progress to the one that started it. Imports nothing."""

from __future__ import annotations

STARTING, PAINTED, PICTURE = "starting", "painted", "picture"
BOXES, RECOGNISED, LOADED = "boxes", "recognised", "loaded"

"""Words that a starting process prints for the process that started it. Imports nothing."""

from __future__ import annotations

STARTING, PAINTED, PICTURE = "starting", "painted", "picture"
BOXES, RECOGNISED, LOADED = "boxes", "recognised", "loaded"

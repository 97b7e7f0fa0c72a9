"""What a process that is being started says of itself, between who starts it and who is started. Imports nothing."""

from __future__ import annotations

STARTING, PAINTED, PICTURE = "starting", "painted", "picture"
BOXES, RECOGNISED, LOADED = "boxes", "recognised", "loaded"

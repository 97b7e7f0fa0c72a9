"""How long tests wait for what must happen: on a slow and busy machine too, only what never happens may fail."""

PATIENCE_S = 60.0
PATIENCE_MS = round(1000 * PATIENCE_S)

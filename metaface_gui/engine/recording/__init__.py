"""Recordings: an annotated video, a line per frame, a row per face, all written at once, so a crash loses nothing."""

"""Recordings: an annotated video, a line per frame, a row per face, written as they come, so a crash loses nothing."""

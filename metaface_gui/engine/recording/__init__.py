"""Recordings: an annotated video, a line a frame, a row a face, each written as it comes: a crash loses nothing."""

"""Rendering: what to draw over a frame, independent of the painter. No Qt: the window and the video writer share it.

Lives here: the overlay model with the verdicts of several learners, the layout of their strips, the painter for
video files. May not live here: decisions, colours of a window's theme.
"""

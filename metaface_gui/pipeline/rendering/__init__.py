"""Rendering: what to draw over a frame, apart from who draws it. No Qt: the window and the video writer share it.

Lives here: the overlay model with the verdicts of several learners, where their strips go, the painter for video files.
May not live here: decisions, colours of a window's theme.
"""

"""The scripted demo and the lesson player: they use the window as a person would, and count against the scene.

Lives here: the director, its tally and summary, the walk through rooms. May not live here: the scene that is played
(`pipeline.capture.demo`), widgets (`gui`).
"""

"""The scripted demo and the lesson player: they use the window as a person would, and compare it with the scene.

Belongs here: the director, its tally and summary, the walk through rooms. Does not belong here: the scene that is
played (`pipeline.capture.demo`), widgets (`gui`).
"""

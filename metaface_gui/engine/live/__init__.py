"""The live path: a source, a slot in which the newest frame wins, a worker that processes it, and performance figures.

Lives here: capture, inference, the models they use, what is remembered of faces on screen. May not live here: jobs that
take minutes, the gallery.
"""

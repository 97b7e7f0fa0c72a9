"""The live path: a source that is read, frames of which the newest wins, a worker that looks, and how fast it goes.

Lives here: capture, inference, the models they run, what is remembered of faces on screen. May not live here: what a
job takes minutes for, the gallery.
"""

"""The live path: reading a source, keeping only the newest frame, recognising on a worker, and measuring the rates.

Lives here: capture, inference, the models they run, what is remembered of faces on screen. May not live here: what a
job takes minutes for, the gallery.
"""

"""Adapting on the spot: which classifiers are wanted and made, what a room teaches them, and how well they then do.

Lives here: the scheduler of adaptations, the room and its unlabelled faces, their evaluation. May not live here: the
methods (`pipeline.learners`), the decision (`pipeline.recognition`).
"""

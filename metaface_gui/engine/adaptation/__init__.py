"""On-the-spot adaptation: which classifiers are wanted, what the room adds, and how well the result works.

Lives here: the adaptation scheduler, the room with its unlabelled faces, and evaluation. May not live here: the methods
(`pipeline.learners`), the decision (`pipeline.recognition`).
"""

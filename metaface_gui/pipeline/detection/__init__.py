"""Detection: a frame → faces with five landmarks, and the aligned crops that embedders want.

Lives here: the detectors, their registry, alignment. May not live here: embedding, tracking, quality, Qt.
"""

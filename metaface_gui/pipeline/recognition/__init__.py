"""Recognition: turns raw scores into a person or Unknown, and keeps that decision steady from frame to frame.

Lives here: the stranger cohort and the threshold it gives, the open-set decision, picture quality, tracking, and the
pooling of a track's looks. May not live here: how scores are computed (`learners`), detection, embedding, drawing, Qt.
"""

"""Recognition: raw scores → a person or Unknown, and what makes that steady from frame to frame.

Lives here: the stranger cohort and the threshold it gives, the open-set decision, picture quality, tracking,
what a track's looks say together.
May not live here: how scores come about (`learners`), detection, embedding, drawing, Qt.
"""

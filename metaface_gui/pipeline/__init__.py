"""The data path, one folder per stage, in the order in which data passes through them.

Capture, detection, embedding, learners, recognition, rendering. No Qt, no threads, no SQL. The stages do not import
each other; `face_pipeline` composes them.
"""

"""The data path, one folder per stage, in the order of the data: capture, detection, embedding, learners, recognition,
rendering. No Qt, no threads, no SQL. The stages do not import each other; `face_pipeline` composes them.
"""

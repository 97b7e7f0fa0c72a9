"""The data path, one folder a stage, in the order the data takes: capture, detection, embedding, learners, recognition,
rendering. No Qt, no threads, no SQL. The stages do not import each other; `face_pipeline` composes them.
"""

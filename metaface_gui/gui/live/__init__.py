"""The live view: the video, the faces over it, guidance, head-up display and empty states.

Lives here: widgets and painters of the video area. May not live here: decisions about faces (`pipeline`).
"""

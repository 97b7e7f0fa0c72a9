"""Capture: where frames come from. Lives here: sources and how a text names one. No Qt, no threads, no torch.

May not live here: who waits for a frame and what is done with it.
"""

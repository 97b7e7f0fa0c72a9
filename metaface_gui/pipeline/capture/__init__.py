"""Capture: frame sources, and the texts that name them. No Qt, no threads, no torch.

May not live here: waiting for frames and processing them.
"""

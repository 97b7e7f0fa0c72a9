"""Capture: frame sources, and the texts that name them. No Qt, no threads, no torch.

Does not belong here: waiting for frames and processing them.
"""

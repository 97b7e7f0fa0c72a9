"""Embedding: aligned crops → unit vectors. Lives here: networks, their weights' formats, the choice of device.

May not live here: detection, alignment, decisions about who somebody is, Qt.
"""

"""Errors on screen: messages, the dialog about a fault of MetaFace itself, and the details to copy."""

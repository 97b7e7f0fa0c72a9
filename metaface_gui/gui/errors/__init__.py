"""Errors on screen: messages, the dialog about internal errors, and the details to copy."""

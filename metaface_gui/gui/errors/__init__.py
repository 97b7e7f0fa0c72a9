"""What went wrong, shown: messages, the dialog about a fault of MetaFace itself, what can be copied of it."""

"""The engine's threads: capture thread → latest-frame slot → inference worker → results; a job runner for slow work.

No Qt here: listeners get frozen events on a worker's thread and must hop to their own.
"""

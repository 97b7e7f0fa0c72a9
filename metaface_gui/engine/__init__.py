"""The one place for threads: capture thread → latest-frame slot → inference worker → results; a job runner for longer
work. No Qt here: a listener gets frozen events on a worker's thread and moves to its own.
"""

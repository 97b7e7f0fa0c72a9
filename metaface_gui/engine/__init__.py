"""Threads and their one place: capture thread → latest-frame slot → inference worker → results; a job runner for what
takes longer. No Qt here: who listens gets frozen events on a worker's thread and hops to its own.
"""

"""Benchmarks: the cost of each stage, the live path, large galleries, start-up and other programs on this machine.

Belongs here: what `metaface bench` measures and records. Not here: its arguments and tables (`cli`), timed tests.
"""

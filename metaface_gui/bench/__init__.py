"""Benchmarks: the cost of each stage, the live path, large galleries, start-up and other programs on this machine.

Lives here: what `metaface bench` measures and keeps. May not live here: its arguments and tables (`cli`), timed tests.
"""

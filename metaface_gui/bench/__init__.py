"""Benchmarks: what each stage, the live path, large galleries, the start and other programs cost on this machine.

Lives here: what `metaface bench` measures and keeps. May not live here: its arguments and tables (`cli`), timed tests.
"""

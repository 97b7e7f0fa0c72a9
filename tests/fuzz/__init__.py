"""Files from strangers, made wrong on purpose: `python -m tests.fuzz TARGET --seconds N`; wants `uv sync --group fuzz`.

Whatever reads a file may refuse it with a `KnownError` (or the `ValueError` that its docstring promises), and nothing
else. libFuzzer, by atheris, changes inputs and keeps those that reach new lines of `metaface_gui`; all else that is
raised is noted, once for each line that raised it, and the run goes on. A run begins with small files made here
(`seeds`), so that no corpus has to be kept; what was found is kept in `found/`, and `test_targets.py` tries that again
without atheris.

Lives here: what is read (`targets`), what it begins with (`seeds`), the runner. May not live here: readers of files.
"""

"""Videos and folders without a window: recognised in parallel processes, resumed after an interruption.

Lives here: what `metaface recognize` runs. May not live here: its arguments and texts (`cli`).
"""

"""Videos and folders without a window: recognised in processes beside each other, gone on with after an interruption.

Lives here: what `metaface recognize` runs. May not live here: its arguments and texts (`cli`).
"""

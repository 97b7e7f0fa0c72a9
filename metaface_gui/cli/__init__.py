"""The commands, one file a verb: each adds its options to the parser and runs. Lives here: arguments, text, exit codes.

May not live here: recognition, adaptation, SQL; the verbs call the engine and the gallery. Exit codes: 0 done, 1 the
user's input was at fault (one line on stderr), 2 usage.
"""

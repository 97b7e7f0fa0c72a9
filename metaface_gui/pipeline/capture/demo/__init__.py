"""The demo scene: drawn people enter, turn and leave in a lit room, following a script that provides ground truth."""

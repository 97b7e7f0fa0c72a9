"""The demo scene: drawn people who come, turn and go in a room with light, by a script that knows the truth."""

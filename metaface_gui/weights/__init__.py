"""Weights files: where they lie, fetching them when asked, and writing a file whole or not at all. No networks here."""

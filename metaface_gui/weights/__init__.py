"""Model weights files: where they are stored, downloading them on request, and atomic file writes. No networks here."""

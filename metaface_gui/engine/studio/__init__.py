"""What the studio asks: running tallies of methods, two ways of deciding side by side, the self-test."""

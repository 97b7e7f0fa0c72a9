"""The studio's computations: running tallies of methods, two ways of deciding side by side, the self-test."""

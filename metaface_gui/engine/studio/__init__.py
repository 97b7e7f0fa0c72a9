"""The studio's services: running tallies of methods, two ways of deciding side by side, the self-test."""

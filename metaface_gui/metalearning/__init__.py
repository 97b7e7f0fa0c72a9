"""Meta-learning offline: how people are split, and what is fitted to the meta-training ones.

Lives here: splits, fits, and (with the issues to come) episodes, training, evaluation. May not live here: the live
path, which only reads what was fitted; Qt; SQL.
"""

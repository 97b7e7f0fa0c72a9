"""The algorithm studio: method choice, hyper-parameters, curves, comparison, map, explanations and report.

Lives here: the method bar, the studio's pages and the widgets that they use. May not live here: computation (the
engine computes, and reports to the pages through the bridge), torch.
"""

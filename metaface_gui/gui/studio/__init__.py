"""The algorithm studio: choosing methods, their settings, curves, comparison, map, reasons and report.

Lives here: the bar of methods, the studio's pages and what they are drawn with. May not live here: anything that
computes (the engine does, and tells the pages through the bridge), torch.
"""

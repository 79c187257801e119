"""
Renderings of one run.  Each takes the same `RunReport`; none computes a verdict of its own.
"""

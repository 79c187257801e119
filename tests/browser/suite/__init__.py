"""
The conformance suite's browser cases, on pages of our own that lack one thing each.
"""

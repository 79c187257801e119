"""
Rules of the style guide as tests.
"""

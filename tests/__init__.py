"""
paywright's own tests.
"""

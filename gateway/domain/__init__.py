"""
Decisions without I/O.
"""

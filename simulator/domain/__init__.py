"""
The bank's decisions without I/O.
"""

"""
The dashboard; it lands with its own issue.
"""

"""
The reference gateway.
"""

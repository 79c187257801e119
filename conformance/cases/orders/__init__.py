"""
Requirements: orders.
"""

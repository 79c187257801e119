"""
Requirements: refunds.
"""

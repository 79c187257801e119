"""
Requirements: payments.
"""

"""
Requirements: checkout.
"""

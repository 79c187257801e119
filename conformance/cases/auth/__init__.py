"""
Requirements: auth.
"""

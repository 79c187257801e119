"""
Requirements: dashboard.
"""

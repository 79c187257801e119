"""
Requirements: database.
"""

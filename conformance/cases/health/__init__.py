"""
Requirements: health.
"""

"""
Requirements: jobs.
"""

"""
The cases: one folder per group of requirements.
"""

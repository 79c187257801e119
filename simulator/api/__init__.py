"""
The bank's wire for acquirers.
"""

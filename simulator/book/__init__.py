"""
What the bank remembers and how its money moves.
"""

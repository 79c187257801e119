"""
Defects seeded into the checkout: each must be noticed.
"""

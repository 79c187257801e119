"""
Versioned schema changes, run by Tortoise's migration executor; the SQL stands beside each module (decision 0050).
"""

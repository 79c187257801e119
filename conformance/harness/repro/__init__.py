"""
Repros: for each failed requirement one script of the standard library that shows the failure again, or that it is gone.
"""

"""
Cases: One merchant never sees or changes another's objects.
"""

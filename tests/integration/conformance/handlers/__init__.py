"""
Sample webhook handlers of imaginary merchants, good and bad, for certification's own tests.
"""

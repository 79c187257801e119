"""
Channels beside HTTP: what the suite can look at only when it is given a way to, and is `untested` otherwise.
"""

"""
For whoever drives the sandbox: clock, journal, programmed outcomes.
"""

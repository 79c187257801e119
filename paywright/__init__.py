"""
The command line and the sandbox; starts the parties as processes and imports none of them.
"""

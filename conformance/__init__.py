"""
The suite: grades any gateway of the contract, black box, and explains every verdict.
"""

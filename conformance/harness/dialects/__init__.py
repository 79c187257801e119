"""
Dialects: the translation between a target's wire and the contract's, and the adapter that makes the reference gateway speak one.
"""

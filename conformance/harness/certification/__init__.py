"""
Certification of a merchant's own webhook handler, in whatever language: drills against its address, and a probe that counts business effects.
"""

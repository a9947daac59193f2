"""The local stand-in for Stripe and BigCommerce: stateful, over real HTTP, holding to the vendors' rules.

It imports nothing of the rest of Billform on purpose: a fake that takes its rules from the code under
test would prove nothing.
"""

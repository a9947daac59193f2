"""Stripe: one module per kind, a client, and what the kinds share."""

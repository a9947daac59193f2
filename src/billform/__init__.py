"""Billing as code for Stripe and BigCommerce."""

__version__ = "0.1.0"

"""The simulated Stripe: its rules come from Stripe's documents and the types of the `stripe` package."""

"""Faults: runs that are killed, vendors that fail, two at once, and secrets that must not show."""

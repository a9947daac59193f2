"""The pure heart of Billform: values and functions, with no vendor, no YAML, no terminal and no clock."""

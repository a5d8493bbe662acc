"""The management command `srp-portal`, one module per group of commands."""

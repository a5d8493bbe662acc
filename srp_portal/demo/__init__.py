"""The demo: a portal that looks lived in, made by the real services from the sandbox's losses."""

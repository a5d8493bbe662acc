"""The version of this package, as the User-Agent tells it."""

__version__ = "0.1.0"

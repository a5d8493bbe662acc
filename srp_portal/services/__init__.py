"""The portal's use cases: they take a session and a time, flush, and never commit."""

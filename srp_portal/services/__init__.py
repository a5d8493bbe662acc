"""The portal's use cases: they take a session and a clock, know no request, flush and never commit."""

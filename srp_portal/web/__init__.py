"""The portal on the web: Pyramid's side of it."""

"""The portal's side of plugins: load them, call them, check what they give, tell them."""

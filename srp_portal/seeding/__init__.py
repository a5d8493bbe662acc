"""Generated data for trying and measuring a portal: the same for the same seed."""

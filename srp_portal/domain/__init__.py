"""The rules of ship replacement, as plain Python: no web, no database, no network."""

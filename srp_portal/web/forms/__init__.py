"""What people send by forms, parsed and checked before a service sees it."""

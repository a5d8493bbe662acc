"""What the tests of the portal and of its plugins are made with."""

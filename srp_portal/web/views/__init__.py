"""The views: each parses, calls one service and hands a document to the representation layer."""

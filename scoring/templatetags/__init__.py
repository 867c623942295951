"""Drawing of scores."""

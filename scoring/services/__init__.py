"""Commands of the room ``scoring``."""

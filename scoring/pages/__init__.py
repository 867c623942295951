"""Pages of the room ``scoring``, one module a part."""

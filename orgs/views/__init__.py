"""Pages of the room ``orgs``."""

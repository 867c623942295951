"""Commands of the room ``orgs``: the only writers of its facts."""

"""Forms of the room ``orgs``; they check form, services check rules."""

"""Forms of the room ``meetings``; they check form, services check rules."""

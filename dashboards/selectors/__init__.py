"""Pages composed from the selectors of other rooms; no query of the room's own."""

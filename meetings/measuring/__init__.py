"""What the measures of this room are made of: one read of sections for all of them, and figures from sections."""

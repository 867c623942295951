"""What the measures of this room are made of: one read of Tasks for all of them, and figures from Tasks."""

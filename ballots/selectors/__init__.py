"""Reads of the room ``ballots``, shaped for pages, with a fixed number of queries."""

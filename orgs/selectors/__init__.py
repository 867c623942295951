"""Reads of the room ``orgs``, shaped for pages, with a fixed number of queries."""

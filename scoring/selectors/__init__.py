"""Reads of the room ``scoring``, shaped for its pages."""

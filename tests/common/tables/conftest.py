"""The lists are tried on Tasks: the world of that room."""

from tests.tasks.conftest import today, world

__all__ = ["today", "world"]

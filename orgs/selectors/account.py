"""Reads about one's own account."""

from orgs.models import Appointment, User


def current_offices(user: User) -> list[Appointment]:
    """The offices that the user holds today, with their organisation or department. One query."""
    if user.person_id is None:
        return []
    held = Appointment.objects.visible_to(user).in_force().filter(person_id=user.person_id)
    return list(held.select_related("organisation", "department", "group"))

"""Facts about organisations, people, offices and rights."""

from orgs.models.appointment import Appointment, Office
from orgs.models.grant import OrganisationUserPermission
from orgs.models.organisation import College, Department, Group, Level, Organisation, UnitKind
from orgs.models.person import Membership, MemberStatus, Person, PersonKind, VotingExclusion
from orgs.models.user import Language, Theme, TypeSize, User

__all__ = [
    "Appointment",
    "College",
    "Department",
    "Group",
    "Language",
    "Level",
    "MemberStatus",
    "Membership",
    "Office",
    "Organisation",
    "OrganisationUserPermission",
    "Person",
    "PersonKind",
    "Theme",
    "TypeSize",
    "UnitKind",
    "User",
    "VotingExclusion",
]

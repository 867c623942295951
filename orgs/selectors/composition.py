"""Rules of composition applied to many organisations at once."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Q

from orgs import access, rules
from orgs.models import Appointment, Level, MemberStatus, Office, Organisation, Person
from orgs.models.appointment import COMMITTEE_OFFICES
from orgs.querysets import OrganisationQuerySet


def composition_of(organisations: Iterable[int] | OrganisationQuerySet) -> dict[int, list[rules.Warning]]:
    """Branch id → warnings about its composition; branches without warnings are left out. Two queries."""
    counts = Person.objects.filter(organisation__in=organisations, organisation__level=Level.BRANCH)
    rows = (
        counts.order_by()
        .values_list("organisation")
        .annotate(
            formal=Count("pk", filter=Q(status=MemberStatus.FORMAL)),
            probationary=Count("pk", filter=Q(status=MemberStatus.PROBATIONARY)),
        )
    )
    committees = {
        pk: {"has_committee": others > 0, "committee_size": size, "deputies": deputies}
        for pk, others, size, deputies in Appointment.objects.in_force()
        .filter(organisation__in=organisations, office__in=COMMITTEE_OFFICES)
        .order_by()
        .values_list("organisation")
        .annotate(
            others=Count("pk", filter=~Q(office__in=(Office.SECRETARY, Office.DEPUTY))),
            size=Count("person", distinct=True),
            deputies=Count("person", distinct=True, filter=Q(office=Office.DEPUTY)),
        )
    }
    found = {
        pk: rules.composition(formal=formal, probationary=probationary, **committees.get(pk, {"has_committee": False}))
        for pk, formal, probationary in rows
    }
    return {pk: warnings for pk, warnings in found.items() if warnings}


def branch_warnings(people: Iterable[Person], held: Iterable[Appointment]) -> list[rules.Warning]:
    """Warnings about one branch from its people and the offices held there today, already read. No query."""
    statuses = [person.status for person in people]
    committee = [row for row in held if row.office != Office.GROUP_LEADER]
    return rules.composition(
        formal=statuses.count(MemberStatus.FORMAL),
        probationary=statuses.count(MemberStatus.PROBATIONARY),
        has_committee=any(row.office not in (Office.SECRETARY, Office.DEPUTY) for row in committee),
        committee_size=len({row.person_id for row in committee}),
        deputies=len({row.person_id for row in committee if row.office == Office.DEPUTY}),
    )


def general_branch_warnings(organisation: Organisation) -> list[rules.Warning]:
    """Warnings about one general branch from the people below it; none for other levels. At most one query."""
    if organisation.level != Level.GENERAL_BRANCH or organisation.approval_number:
        return []
    members = Person.objects.filter(access.subtree(organisation.path, "organisation")).count()
    return rules.general_branch(members=members, approved=False)


def composition_warnings(organisations: OrganisationQuerySet) -> list[str]:
    """The warnings in words, for a report; also general branches under 50 members without an approval number."""
    found = composition_of(organisations.values("pk"))
    nodes = list(organisations)
    lines = [
        f"{node.name}：{warning.text}（{warning.article}）" for node in nodes for warning in found.get(node.pk, [])
    ]
    return lines + _small_general_branches(nodes)


def _small_general_branches(nodes: list[Organisation]) -> list[str]:
    sizes: dict[str, int] = {}
    rows = Person.objects.filter(organisation__isnull=False).order_by().values_list("organisation__path")
    for path, count in rows.annotate(count=Count("pk")):
        for end in range(4, len(path) + 1, 4):
            sizes[path[:end]] = sizes.get(path[:end], 0) + count
    return [
        f"{node.name}：{warning.text}"
        for node in nodes
        if node.level == Level.GENERAL_BRANCH and node.dissolved_on is None
        for warning in rules.general_branch(members=sizes.get(node.path, 0), approved=bool(node.approval_number))
    ]

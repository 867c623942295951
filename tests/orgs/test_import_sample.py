"""The sample roster: exact numbers, twice, and what the tree then looks like."""

from pathlib import Path

import pytest

from orgs.importer import import_roster
from orgs.models import Appointment, College, Department, Organisation, OrganisationUserPermission, Person, User

SAMPLE = Path(__file__).parent.parent / "data" / "roster.xlsx"


@pytest.mark.django_db
def test_sample_roster_imports_whole_and_only_once() -> None:
    with SAMPLE.open("rb") as file:
        report = import_roster(file=file, actor=None)
    assert [str(error) for error in report.errors] == []
    made = {sheet: counts.created for sheet, counts in report.counts.items()}
    assert made == {"组织": 37, "部门": 16, "党员": 533, "二级学院": 6, "任职": 165, "部门任职": 32}
    assert Organisation.objects.count() == 37
    assert (Person.objects.count(), User.objects.count()) == (533, 533)
    assert Appointment.objects.filter(organisation__isnull=False).count() == 165
    assert Appointment.objects.filter(department__isnull=False).count() == 32
    assert (College.objects.count(), Department.objects.count()) == (6, 16)
    assert not User.objects.get(username="20220002").has_usable_password()
    grants = OrganisationUserPermission.objects.count()
    history = Person.history.count() + Organisation.history.count() + Appointment.history.count()
    with SAMPLE.open("rb") as file:
        again = import_roster(file=file, actor=None)
    assert again.changes == []
    assert sum(counts.created + counts.updated for counts in again.counts.values()) == 0
    assert {sheet: counts.unchanged for sheet, counts in again.counts.items()} == made
    assert OrganisationUserPermission.objects.count() == grants
    assert Person.history.count() + Organisation.history.count() + Appointment.history.count() == history
    assert "ZZ7" not in "".join(again.missing)
    assert any("马克思主义学院" in line and "36人" in line for line in report.warnings)


@pytest.mark.django_db
def test_dry_run_writes_nothing() -> None:
    with SAMPLE.open("rb") as file:
        report = import_roster(file=file, actor=None, dry_run=True)
    assert report.ok
    assert report.of("党员").created == 533
    assert Organisation.objects.count() == Person.objects.count() == User.objects.count() == 0

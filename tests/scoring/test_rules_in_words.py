"""A version's page says what a measure is asked in words, not in the codes of the YAML file."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import SmallCollege
from tests.scoring.places import body, publish_body

pytestmark = pytest.mark.django_db


def test_kinds_of_meetings_and_topics_have_their_names(college: SmallCollege) -> None:
    made = body()
    made["blocks"][0]["indicators"][0] |= {
        "kind": "frequency",
        "measure": "meetings.held",
        "params": {"required": 4, "period": "year", "kind": "general_branch_meeting", "topic": "party_building"},
    }
    scheme = publish_body(college.committee, college.office)
    version = scheme.versions.get()
    version.body = made
    version.save()
    client = Client()
    client.force_login(college.office, "orgs.backends.AccountBackend")
    page = client.get(reverse("scoring:version_detail", args=[version.pk])).content.decode()
    assert "专题研究党建" in page and "会议类型" in page
    assert "general_branch_meeting" not in page and "party_building" not in page

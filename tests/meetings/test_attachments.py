"""Files: who, what, how much, until when."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from common.errors import Conflict, InvalidInput, NotAllowed
from meetings.models import Attachment, Gathering
from meetings.services import add_attachment, cancel_section, delete_attachment, start_amendment
from tests.common.test_uploads import PDF, PNG
from tests.factories import SmallCollege
from tests.meetings.making import confirm, plan


@pytest.fixture
def gathering(college: SmallCollege) -> Gathering:
    """A planned members' meeting of ZB101."""
    return plan(college.branch_secretary, college.branches[0], "members_meeting")


def add(
    college: SmallCollege,
    gathering: Gathering,
    content: bytes = PDF,
    name: str = "纪要.pdf",
    role: str = "commissioner",
) -> Attachment:
    """Upload for ZB101."""
    return add_attachment(
        actor=getattr(college, role),
        gathering=gathering,
        organisation=college.branches[0],
        upload=SimpleUploadedFile(name, content, content_type="text/html"),
    )


def test_a_file_is_kept_under_a_name_that_says_nothing(college: SmallCollege, gathering: Gathering) -> None:
    found = add(college, gathering, PNG, "../签到 表.exe")
    assert (found.name, found.content_type, found.size) == ("签到 表.exe.png", "image/png", len(PNG))
    assert found.uploaded_by == college.commissioner
    assert found.file.name.startswith(f"meetings/{college.branches[0].pk}/")
    assert "签到" not in found.file.name
    with found.file.open() as stored:
        assert stored.read() == PNG


def test_the_same_file_twice_is_one(college: SmallCollege, gathering: Gathering) -> None:
    assert add(college, gathering) == add(college, gathering, name="另一个名字.pdf")
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize("content", [b"", b"<html></html>", b"MZ" + b"\0" * 99, b"<svg/>"])
def test_refused_content_says_what_may_be_uploaded(college: SmallCollege, gathering: Gathering, content: bytes) -> None:
    with pytest.raises(InvalidInput) as caught:
        add(college, gathering, content, "纪要.pdf")
    assert list(caught.value.errors) == ["upload"]
    assert not Attachment.objects.exists()


def test_size_and_quota(college: SmallCollege, gathering: Gathering, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = len(PDF) - 1
    with pytest.raises(InvalidInput):
        add(college, gathering)
    settings.UPLOAD_MAX_BYTES = 10_000
    settings.UPLOAD_QUOTA_BYTES_PER_ORGANISATION = len(PDF) + len(PNG) - 1
    add(college, gathering)
    with pytest.raises(InvalidInput, match="附件已用"):
        add(college, gathering, PNG)
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize("role", ["group_leader", "member", "outsider", "general_secretary", "office"])
def test_who_may_not(college: SmallCollege, gathering: Gathering, role: str) -> None:
    with pytest.raises(NotAllowed):
        add(college, gathering, role=role)


def test_after_the_confirmation_only_within_an_amendment(
    college: SmallCollege, gathering: Gathering, django_capture_on_commit_callbacks: Any
) -> None:
    branch, secretary = college.branches[0], college.branch_secretary
    kept = add(college, gathering)
    confirm(secretary, gathering, branch)
    with pytest.raises(Conflict):
        add(college, gathering, PNG)
    with pytest.raises(Conflict):
        delete_attachment(actor=secretary, attachment=kept)
    start_amendment(actor=secretary, gathering=gathering, organisation=branch)
    add(college, gathering, PNG)
    name = kept.file.name
    with pytest.raises(NotAllowed):
        delete_attachment(actor=college.member, attachment=kept)
    with django_capture_on_commit_callbacks(execute=True):
        delete_attachment(actor=secretary, attachment=kept)
    assert not default_storage.exists(name)
    assert Attachment.objects.get().content_type == "image/png"


def test_a_talk_has_no_files(college: SmallCollege) -> None:
    talk = plan(college.branch_secretary, college.branches[0], "heart_talk")
    with pytest.raises(InvalidInput):
        add(college, talk)


def test_who_sees_the_files(college: SmallCollege, gathering: Gathering) -> None:
    add(college, gathering)
    seen = {
        role: Attachment.objects.visible_to(getattr(college, role)).count()
        for role in ("general_secretary", "outsider")
    }
    assert seen == {"general_secretary": 1, "outsider": 0}


def test_a_cancelled_meeting_says_that_it_is_cancelled(college: SmallCollege, gathering: Gathering) -> None:
    cancel_section(actor=college.branch_secretary, section=gathering.sections.get(), reason="不开了")
    with pytest.raises(Conflict, match="这次会议已经取消，不能再改"):
        add(college, gathering)
    assert not Attachment.objects.exists()

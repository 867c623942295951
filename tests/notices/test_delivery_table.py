"""The list of deliveries: filters, search, and sending many again."""

import pytest

from common.models import BulkRow
from notices.models import Notice
from notices.services import owe
from tests.factories import make_officer, make_organisation
from tests.notices.builders import DAY, make_person, message

pytestmark = pytest.mark.django_db
URL = "/deliveries/"


@pytest.fixture
def office(root, branch, today):
    """The office, two failed messages, one sent, and a failed one of another college."""
    people = [make_person(branch, f"P{number}", name=name) for number, name in enumerate(("曾思雅", "李明", "王强"))]
    people.append(make_person(make_organisation("DW02"), "P9", name="外校的人"))
    owe(messages=[message(person, number, title=f"第{number}条") for number, person in enumerate(people)])
    Notice.objects.exclude(subject="task:1").update(state="failed", attempts=5, last_error="=refused")
    Notice.objects.filter(subject="task:1").update(state="sent")
    return make_officer(root)


@pytest.fixture
def today():
    from common import clock

    with clock.moved(DAY):
        yield DAY


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["task:2", "task:0", "task:1"]),
        ("state=failed", ["task:2", "task:0"]),
        ("q=zsy", ["task:0"]),
        ("q=李", ["task:1"]),
        ("q=第2条", ["task:2"]),
        ("sort=state&state=sent", ["task:1"]),
    ],
)
def test_filters_and_search(office, client, query, expected):
    client.force_login(office)
    rows = client.get(f"{URL}?{query}").context["page"].object_list
    assert [row.subject for row in rows] == expected


def test_many_are_sent_again_and_each_says_what_became_of_it(office, client):
    client.force_login(office)
    run = client.post(f"{URL}", {"do": "bulk", "verb": "resend", "scope": "all"}).headers["Location"]
    page = client.get(run).content.decode()
    assert "预览：2 条可以办理，1 条不能" in page
    assert "现在是“已发送”，只有发送失败的才能重新发送。" in page
    Notice.objects.filter(subject="task:2").update(state="pending")  # somebody else was faster
    client.post(run)
    assert dict(BulkRow.objects.values_list("name", "state")) == {
        "曾思雅：第0条": "done",
        "李明：第1条": "refused",
        "王强：第2条": "refused",
    }
    assert dict(Notice.objects.order_by("subject").values_list("subject", "state")) == {
        "task:0": "pending",
        "task:1": "sent",
        "task:2": "pending",
        "task:3": "failed",
    }


def test_the_file_holds_the_words_of_the_screen(office, client):
    client.force_login(office)
    text = b"".join(client.get(f"{URL}?state=failed&export=csv").streaming_content).decode("utf-8-sig")
    assert text.splitlines()[1].endswith(",已试 5 次；=refused")
    assert "外校的人" not in text

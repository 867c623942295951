"""Dual sign-off: two different people, both or nothing, and only then the work is submitted."""

from datetime import date

import pytest

from common.errors import Conflict, InvalidInput, NotAllowed
from notices.models import Notice
from orgs.models import College, Department, Office, Organisation, User
from orgs.services.appointments import appoint
from tasks.models import DirectiveUnit, DualSignature, Task
from tasks.services import accept_task, attach_to_task, remove_file, return_task, stop_task, submit_task
from tasks.services.dual_signing import ask_signing, refuse, sign
from tasks.services.passing_on import pass_on_task
from tasks.signers import head_of, signers_of
from tasks.truth import signings_still_wait
from tests.factories import SINCE, make_admin, make_person, make_user
from tests.tasks.directives.making import at_work, dean, department, issued, person_of, picture, task_of, unit_of
from tests.tasks.world import World, end_offices, fresh, load

TODAY = date(2026, 6, 15)


def asked(world: World, note: str = "已全部排查，隐患清零") -> tuple[DualSignature, User]:
    """The general branch has asked; the signature, and the dean."""
    head = dean(world)
    task = at_work(world, is_important=True)
    return ask_signing(task=task, actor=world.general_secretary, note=note), head


def reload(signature: DualSignature) -> DualSignature:
    return DualSignature.objects.get(pk=signature.pk)


def state_of_task(signature: DualSignature) -> str:
    return Task.objects.get(pk=signature.unit.task_id).state


def test_both_sign_and_it_is_submitted(world: World) -> None:
    signature, head = asked(world)
    assert (signature.secretary, signature.head) == (world.general_secretary.person, head.person)
    with pytest.raises(Conflict, match="须先由书记和行政负责人双签"):
        submit_task(task=load("directive:DB2026-001:ZZ1"), actor=world.general_secretary, note="完成")
    sign(signature=signature, actor=head, opinion="属实")
    assert (reload(signature).state, state_of_task(signature)) == ("head", "active")
    sign(signature=signature, actor=world.general_secretary)
    signature = reload(signature)
    assert (signature.state, signature.head_opinion, signature.secretary_at is not None) == ("both", "属实", True)
    task = load("directive:DB2026-001:ZZ1")
    assert (task.state, task.note) == ("submitted", "已全部排查，隐患清零")
    assert task.submitted_by == world.general_secretary.person
    event = task.events.get(verb="submitted")
    assert event.cause == "已全部排查，隐患清零（总支书记、院长双签）"
    assert accept_task(task=task, actor=world.root_secretary).state == "done"


def test_the_other_order(world: World) -> None:
    signature, head = asked(world)
    assert sign(signature=signature, actor=world.general_secretary).state == "secretary"
    assert sign(signature=signature, actor=head).state == "both"
    assert Task.objects.get().events.filter(verb="submitted").count() == 1


@pytest.mark.parametrize(
    "name", ["root_secretary", "root_deputy", "officer", "secretary", "member", "outsider", "other_general_secretary"]
)
def test_nobody_signs_for_them(world: World, name: str) -> None:
    signature, _head = asked(world)
    with pytest.raises(NotAllowed, match="由总支书记和院长本人签署"):
        sign(signature=signature, actor=getattr(world, name))
    with pytest.raises(NotAllowed):
        refuse(signature=signature, actor=getattr(world, name), reason="x")
    assert reload(signature).state == "awaiting"


def test_signing_twice(world: World) -> None:
    signature, head = asked(world)
    sign(signature=signature, actor=head)
    with pytest.raises(Conflict, match="您已经签过了"):
        sign(signature=signature, actor=head)
    sign(signature=signature, actor=world.general_secretary)
    with pytest.raises(Conflict, match="两人都已签署"):
        sign(signature=signature, actor=head)
    assert state_of_task(signature) == "submitted"


def test_one_refuses_and_it_ends(world: World) -> None:
    signature, head = asked(world)
    sign(signature=signature, actor=world.general_secretary)
    with pytest.raises(InvalidInput):
        refuse(signature=signature, actor=head, reason=" ")
    refuse(signature=signature, actor=head, reason="台账不全")
    signature = reload(signature)
    assert (signature.state, signature.end_cause) == ("refused", "院长不同意：台账不全")
    assert state_of_task(signature) == "active"
    with pytest.raises(Conflict, match="须重新提请"):
        sign(signature=signature, actor=head)
    notice = Notice.objects.get(kind="returned")
    assert (notice.person, notice.detail) == (world.general_secretary.person, "台账不全")
    assert signings_still_wait([notice]) == {notice.pk}
    again = ask_signing(task=Task.objects.get(), actor=world.general_secretary, note="补齐台账")
    assert (again.state, again.secretary_at) == ("awaiting", None)
    assert signings_still_wait([notice]) == set()


def test_other_words_void_both(world: World) -> None:
    signature, head = asked(world)
    sign(signature=signature, actor=head)
    with pytest.raises(Conflict, match="同样的内容已经提请"):
        ask_signing(task=Task.objects.get(), actor=world.general_secretary, note=signature.text)
    second = ask_signing(task=Task.objects.get(), actor=world.general_secretary, note="改过的内容")
    assert (reload(signature).state, reload(signature).end_cause) == ("void", "内容已修改，重新提请双签")
    assert (second.state, second.head_at) == ("awaiting", None)
    with pytest.raises(Conflict, match="已作废"):
        sign(signature=signature, actor=world.general_secretary)
    assert DualSignature.objects.filter(state__in=("awaiting", "secretary", "head")).count() == 1


def test_other_proof_voids_both(world: World) -> None:
    signature, head = asked(world)
    sign(signature=signature, actor=head)
    kept = attach_to_task(task=Task.objects.get(), actor=world.general_secretary, upload=picture())
    assert (reload(signature).state, reload(signature).end_cause) == ("void", "材料有增加，须重新双签")
    second = ask_signing(task=Task.objects.get(), actor=world.general_secretary, note="完成")
    remove_file(kept=kept, actor=world.general_secretary)
    assert reload(second).state == "void"


def test_what_is_stopped_needs_no_signature(world: World) -> None:
    signature, head = asked(world)
    stop_task(task=load("directive:DB2026-001:ZZ1"), actor=world.root_secretary, reason="统一部署")
    assert reload(signature).state == "void"
    with pytest.raises(Conflict):
        sign(signature=signature, actor=head)


def test_returned_is_signed_anew(world: World) -> None:
    signature, head = asked(world)
    sign(signature=signature, actor=head)
    sign(signature=signature, actor=world.general_secretary)
    return_task(task=load("directive:DB2026-001:ZZ1"), actor=world.root_secretary, reason="缺照片")
    with pytest.raises(Conflict, match="双签"):
        submit_task(task=load("directive:DB2026-001:ZZ1"), actor=world.general_secretary, note="补好")
    again = ask_signing(task=load("directive:DB2026-001:ZZ1"), actor=world.general_secretary, note="补好")
    assert again.state == "awaiting"


def test_an_office_that_changed_hands(world: World) -> None:
    signature, head = asked(world)
    College.objects.update(dean=make_person(world.sister, "新院长"))
    with pytest.raises(Conflict, match="已经换人"):
        sign(signature=signature, actor=head)
    again = ask_signing(task=Task.objects.get(), actor=world.general_secretary, note=signature.text)
    assert again.head.name == "新院长"


def test_both_are_told_and_no_longer_once_they_signed(world: World) -> None:
    signature, head = asked(world)
    notices = list(Notice.objects.filter(subject=f"signature:{signature.pk}").select_related("person"))
    assert {notice.person.name for notice in notices} == {"总支书记", "院长"}
    assert {notice.url for notice in notices} == {f"/directives/signatures/{signature.pk}/"}
    assert signings_still_wait(notices) == {notice.pk for notice in notices}
    sign(signature=signature, actor=head)
    assert signings_still_wait(notices) == {n.pk for n in notices if n.person.name == "总支书记"}


@pytest.mark.parametrize("name", ["root_secretary", "other_general_secretary", "secretary", "member"])
def test_who_may_not_ask(world: World, name: str) -> None:
    dean(world)
    task = at_work(world, is_important=True)
    with pytest.raises(NotAllowed):
        ask_signing(task=task, actor=getattr(world, name), note="完成")


def test_nothing_to_sign(world: World) -> None:
    task = at_work(world)
    with pytest.raises(Conflict, match="不需要双签"):
        ask_signing(task=task, actor=world.general_secretary, note="完成")


def test_what_was_passed_on_is_signed_where_it_is_gathered(world: World) -> None:
    dean(world)
    task = at_work(world, is_important=True)
    (child,) = pass_on_task(task=task, actor=world.general_secretary, organisations=[world.branch])
    from tasks.services import acknowledge_task

    acknowledge_task(task=child, actor=world.secretary)
    assert submit_task(task=child, actor=world.secretary, note="完成").state == "submitted"
    with pytest.raises(InvalidInput) as caught:
        ask_signing(task=task, actor=world.general_secretary, note="完成")
    assert list(caught.value.errors) == ["early_reason"]


def gap(unit: DirectiveUnit) -> str:
    return signers_of(unit, TODAY).gap


def test_why_a_unit_cannot_be_asked_and_whom_to_ask(world: World) -> None:
    made, _head = department(world)
    directive = issued(world, world.general, world.branch, made, Organisation.objects.get(code="ZZ2"))
    assert gap(unit_of(directive, made)) == "部门没有书记，不能双签。"
    assert gap(unit_of(directive, world.branch)) == "党支部没有行政负责人，不能双签。"
    assert "没有对应的二级学院" in gap(unit_of(directive, Organisation.objects.get(code="ZZ2")))
    assert gap(unit_of(directive, world.general)) == "ZZ1党总支还没有登记院长，不能提请双签。请联系组织部登记。"
    dean(world)
    assert gap(unit_of(directive, world.general)) == ""
    College.objects.update(dean=world.general_secretary.person)
    assert "双签须由两个人完成" in gap(unit_of(directive, world.general))
    end_offices(world.general_secretary, date(2026, 6, 14), office=Office.SECRETARY)
    assert "现在没有书记，不能提请双签。请联系组织部" in gap(unit_of(directive, world.general))


@pytest.mark.parametrize(("prepare", "words"), [("nobody", "还没有登记院长"), ("same", "须由两个人完成")])
def test_asking_is_refused_with_the_reason(world: World, prepare: str, words: str) -> None:
    task = at_work(world, is_important=True)
    College.objects.update(dean=None if prepare == "nobody" else world.general_secretary.person)
    with pytest.raises(Conflict, match=words):
        ask_signing(task=task, actor=world.general_secretary, note="完成")
    assert not DualSignature.objects.exists()
    assert load(task.natural_key).state == "active"


def test_the_principal_is_the_head_of_the_committee(world: World) -> None:
    assert head_of(world.committee, TODAY) is None
    administration = Department.objects.create(
        code="XZ", name="学校行政", organisation=world.committee, duty="administration"
    )
    user = make_user(make_person(world.sister, "校长"))
    appoint(
        actor=make_admin(),
        person=person_of(user),
        office=Office.PRINCIPAL,
        department=administration,
        started_on=SINCE,
    )
    found = head_of(world.committee, TODAY)
    assert found is not None
    assert found.name == "校长"


def test_the_two_see_it_whoever_else_they_are(world: World) -> None:
    signature, head = asked(world)
    seen = {
        name
        for name in World._fields
        if isinstance(getattr(world, name), User)
        and signature in DualSignature.objects.visible_to(fresh(getattr(world, name)))
    }
    assert seen == {"root_secretary", "root_deputy", "officer", "general_secretary"}
    assert signature in DualSignature.objects.visible_to(fresh(head))
    assert task_of(signature.unit.directive, world.general) not in Task.objects.visible_to(fresh(head))

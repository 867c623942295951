"""Writing a list: a draft from what ships or from last year, its items one by one, until it is published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction

from common import audit, clock
from common.errors import Conflict, InvalidInput
from common.sentences import written as _
from tasks import dues, list_rules
from tasks.models import ListItem, ResponsibilityList, Role
from tasks.services.lists.access import lock, require_configure, require_state
from tasks.shipped import ShippedList, shipped_lists

if TYPE_CHECKING:
    from orgs.models import User

State = ResponsibilityList.State
SHIPPED, LAST_YEAR, EMPTY = "shipped", "last_year", "empty"
SOURCES = (SHIPPED, LAST_YEAR, EMPTY)


@dataclass(frozen=True)
class ItemFacts:
    """What an item says; as the columns of ``ListItem``."""

    title: str
    frequency: str
    due_rule: dict[str, Any]
    times: int = 1
    evidence_words: str = ""
    requirement: dict[str, Any] = field(default_factory=dict)
    adopts: bool = False
    awaits_room: str = ""
    measure: str = ""
    not_applicable: str = ""
    article: str = ""


@transaction.atomic
def load_lists(*, year: int, actor: User | None = None) -> int:
    """Make drafts of the shipped lists for the roles that have no list in ``year``. Returns how many.

    No right is asked without an ``actor`` (the command); with one CONFIGURE on the root. Safe to repeat.
    """
    if actor is not None:
        require_configure(actor)
    present = set(ResponsibilityList.objects.filter(year=year).values_list("role", flat=True))
    missing = [shipped for shipped in shipped_lists() if shipped.role not in present]
    for shipped in missing:
        _make(year, shipped.role, shipped, actor)
    return len(missing)


@transaction.atomic
def create_draft(*, actor: User, year: int, role: str, source: str = SHIPPED) -> ResponsibilityList:
    """Begin the list of a role for a year: as shipped, as it stood last year, or empty.

    Raises ``NotAllowed`` without CONFIGURE on the root; ``InvalidInput`` (a year that is over, no list last year);
    ``Conflict`` when the role has a list in that year: a new version of it is begun instead.
    """
    require_configure(actor)
    if role not in Role.values:
        raise InvalidInput(errors={"role": _("请从列表中选择责任人。")})
    today = clock.today()
    if not today.year <= year <= today.year + 1:
        words = _("只能为%(this)d年或%(next)d年起草清单。") % {"this": today.year, "next": today.year + 1}
        raise InvalidInput(errors={"year": words})
    if ResponsibilityList.objects.filter(year=year, role=role).exists():
        raise Conflict(_("这一年度的这份清单已经有了。已发布的请起草新版，草稿请直接修改。"))
    return _make(year, role, _content(year, role, source), actor)


def _content(year: int, role: str, source: str) -> ShippedList:
    shipped = next(each for each in shipped_lists() if each.role == role)
    if source == SHIPPED:
        return shipped
    if source == EMPTY:
        return ShippedList(role, shipped.title, shipped.signed_with, [])
    last = ResponsibilityList.objects.filter(year=year - 1, role=role, state=State.PUBLISHED).first()
    if last is None:
        raise InvalidInput(errors={"source": _("上一年度没有已发布的清单，请选择其他起草方式。")})
    items = [{name: getattr(item, name) for name in list_rules.COPIED} for item in last.items.order_by("number")]
    return ShippedList(role, last.title, last.signed_with, items)


def _make(year: int, role: str, content: ShippedList, actor: User | None) -> ResponsibilityList:
    made = ResponsibilityList(year=year, role=role, title=content.title, signed_with=content.signed_with)
    audit.save(made, actor=actor, reason=_("起草责任清单"))
    copy_items(content.items, made, actor)
    return made


def copy_items(rows: Iterable[dict[str, Any]], to: ResponsibilityList, actor: User | None) -> None:
    """Write ``rows`` (values of the copied columns) as the items of a draft."""
    audit.bulk_create([ListItem(list=to, **row) for row in rows], ListItem, actor=actor, reason=_("起草责任清单"))


@transaction.atomic
def rename_draft(
    *, actor: User, responsibility_list: ResponsibilityList, title: str, signed_with: str
) -> ResponsibilityList:
    """Change title and whom it is signed with. Raises ``NotAllowed``, ``Conflict`` (frozen), ``InvalidInput``."""
    found = _draft(actor, responsibility_list)
    if not title.strip():
        raise InvalidInput(errors={"title": _("请填写清单名称。")})
    found.title, found.signed_with = title.strip()[:100], signed_with.strip()[:50]
    return audit.save(found, actor=actor, reason=_("修改草稿"))


@transaction.atomic
def add_item(*, actor: User, responsibility_list: ResponsibilityList, facts: ItemFacts) -> ListItem:
    """Append an item to a draft. It gets a code that no version of that year has had.

    Raises ``NotAllowed``, ``Conflict`` (frozen), ``InvalidInput`` by field name.
    """
    found = _draft(actor, responsibility_list)
    item = ListItem(list=found, code=_next_code(found), number=found.items.count() + 1, **asdict(facts))
    return _save(item, actor, _("增加条目"))


@transaction.atomic
def change_item(*, actor: User, item: ListItem, facts: ItemFacts) -> ListItem:
    """Change an item of a draft. Raises as ``add_item``."""
    _draft(actor, item.list)
    found = _fresh(item)
    for name, value in asdict(facts).items():
        setattr(found, name, value)
    return _save(found, actor, _("修改条目"))


@transaction.atomic
def remove_item(*, actor: User, item: ListItem) -> None:
    """Take an item out of a draft; those after it move up. Raises ``NotAllowed``, ``Conflict`` (frozen, gone)."""
    draft = _draft(actor, item.list)
    found = _fresh(item)
    number = found.number
    _delete(found, actor, _("删去条目"))
    for after in draft.items.filter(number__gt=number).order_by("number"):
        after.number -= 1
        audit.save(after, actor=actor, reason=_("条目前移"))


@transaction.atomic
def delete_draft(*, actor: User, responsibility_list: ResponsibilityList) -> None:
    """Delete a draft with its items; the history keeps them. Raises ``NotAllowed``, ``Conflict`` (frozen)."""
    require_configure(actor)
    found = lock(responsibility_list)
    require_state(found, list_rules.DELETE)
    for item in found.items.all():
        _delete(item, actor, _("删除草稿"))
    _delete(found, actor, _("删除草稿"))


def _draft(actor: User, responsibility_list: ResponsibilityList) -> ResponsibilityList:
    require_configure(actor)
    found = lock(responsibility_list)
    require_state(found, list_rules.EDIT)
    return found


def _fresh(item: ListItem) -> ListItem:
    found = ListItem.objects.filter(pk=item.pk).first()
    if found is None:
        raise Conflict(_("这一条已经删去，请刷新页面。"))
    return found


def _delete(row: ListItem | ResponsibilityList, actor: User, reason: str) -> None:
    row._history_user, row._change_reason = actor, reason  # type: ignore[union-attr]
    row.delete()


def _next_code(responsibility_list: ResponsibilityList) -> str:
    """One more than any code of that role and year, removed items included: a code names one thing for good."""
    used = ListItem.history.filter(list__year=responsibility_list.year, list__role=responsibility_list.role)
    codes = set(used.values_list("code", flat=True))
    return f"{max((int(code) for code in codes if code.isdigit()), default=0) + 1:02d}"


def _save(item: ListItem, actor: User, reason: str) -> ListItem:
    errors = _faults(item)
    if errors:
        raise InvalidInput(errors=errors)
    return audit.save(item, actor=actor, reason=reason)


def _faults(item: ListItem) -> dict[str, str]:
    """What is wrong with an item, by field name."""
    errors: dict[str, str] = {}
    try:
        item.full_clean(exclude=["list", "due_rule", "requirement"], validate_constraints=False)
    except ValidationError as fault:
        errors = {name: " ".join(texts) for name, texts in fault.message_dict.items()}
    if "frequency" not in errors and (wrong := dues.fault(item.due_rule, item.frequency)) is not None:
        errors["due_rule"] = _fault_words(wrong, item.frequency)
    if item.times < 1:
        errors["times"] = _("每期至少1次。")
    if item.requirement and not (item.requirement.get("evidence") and item.requirement.get("part")):
        errors["requirement"] = _("请从列表中选择自动办结的记录。")
    if item.adopts and item.requirement.get("part") != "held":
        errors["requirement"] = _("只有会议类的事项可以认领。")
    if item.requirement and item.awaits_room:
        errors["awaits_room"] = _("已有自动办结的记录，不用再写暂缺的业务。")
    return errors


def _fault_words(wrong: str, frequency: str) -> str:
    if wrong == "frequency":
        return _("这种到期规则不能用于“%(frequency)s”的条目，请换一种。") % {
            "frequency": dict(ListItem._meta.get_field("frequency").choices or ())[frequency]
        }
    if wrong == "count":
        return _("日期的个数要与一年的期数相同：每年1个，每半年2个，每季度4个，每月12个。")
    return {
        "rule": _("请选择到期规则。"),
        "week": _("请填写教学周，1到25。"),
        "day": _("请填写次月的几号，1到31。"),
        "dates": _("请按“06-30”这样写日期，每期一个，不早于该期开始的月份。"),
        "date": _("请按“01-31”这样写次年的日期。"),
        "weekday": _("请填写周几，1到7。"),
        "nth": _("请填写当月第几个，1到5。"),
        "words": _("请写明按什么通知或期限，如“按上级通知”。"),
    }[wrong]

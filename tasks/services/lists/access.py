"""Who keeps the lists, and in which state what is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from common.errors import Conflict, InvalidInput
from common.sentences import written as _
from orgs import access
from orgs.models import Organisation
from tasks import list_rules
from tasks.models import ResponsibilityList

if TYPE_CHECKING:
    from orgs.models import User


def require_configure(actor: User) -> None:
    """Raise ``NotAllowed`` unless ``actor`` keeps the rules at the root, ``InvalidInput`` without any organisation."""
    root = Organisation.objects.filter(depth=1).first()
    if root is None:
        raise InvalidInput(_("请先导入组织。"))
    access.require(actor, access.CONFIGURE, root)


def lock(responsibility_list: ResponsibilityList) -> ResponsibilityList:
    """The list as it is now, with every version of that role and year locked. Raises ``Conflict`` when it is gone."""
    versions = ResponsibilityList.objects.select_for_update(of=("self",)).filter(
        year=responsibility_list.year, role=responsibility_list.role
    )
    found = next((each for each in versions.order_by("pk") if each.pk == responsibility_list.pk), None)
    if found is None:
        raise Conflict(_("这份草稿已经删除，请返回责任清单页面。"))
    return found


def require_state(responsibility_list: ResponsibilityList, verb: str) -> None:
    """Raise ``Conflict`` with what to do unless ``verb`` is legal in the list's state."""
    state = responsibility_list.state
    if state in list_rules.TABLE[verb]:
        return
    if state == list_rules.DRAFT:
        raise Conflict(_("这份清单还是草稿，直接修改草稿即可。"))
    if state == list_rules.REPLACED:
        raise Conflict(_("这一版已被新版替换，请打开现行的一版。"))
    raise Conflict(_("这份清单已经发布，内容不能再改。需要调整时请起草新版。"))

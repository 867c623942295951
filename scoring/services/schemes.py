"""Schemes from YAML: imported on a page, or the ones that ship."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max

from common import audit
from common.errors import Conflict, InvalidInput
from common.sentences import written as _
from orgs import access
from orgs.models import Organisation
from scoring import definitions, exchange, registry
from scoring.models import Scheme, SchemeVersion

if TYPE_CHECKING:
    from orgs.models import User
    from scoring.definitions import Definition

SHIPPED = Path(__file__).resolve().parent.parent / "data"


@transaction.atomic
def import_scheme(*, actor: User, organisation: Organisation, raw: bytes) -> SchemeVersion:
    """Make a draft of what a YAML file holds: a new scheme, or the next version of the one with that code.

    Raises ``NotAllowed`` without CONFIGURE on ``organisation``; ``DefinitionFault`` with everything that is wrong with
    the file; ``InvalidInput`` (another year or level than the scheme of that code); ``Conflict`` (a draft is there
    already, results published, or another scheme assesses that level in that year). Nothing is written then.
    """
    access.require(actor, access.CONFIGURE, organisation)
    definition = definitions.read(exchange.parse(raw), registry.given())
    scheme = (
        Scheme.objects.select_for_update(of=("self",)).filter(organisation=organisation, code=definition.code).first()
    )
    if scheme is None:
        scheme = _new_scheme(actor, organisation, definition)
    else:
        _require_same(scheme, definition)
        require_no_draft(scheme)
    return new_draft(actor=actor, scheme=scheme, body=definitions.as_data(definition), words=_("从文件导入"))


def _new_scheme(actor: User, organisation: Organisation, definition: Definition) -> Scheme:
    level = {"year": definition.year, "applies_to": definition.applies_to}
    taken = Scheme.objects.filter(organisation=organisation, **level).first()
    if taken is not None:
        words = _("%(year)d年已有同一级别的方案“%(name)s”（%(code)s）。要修改它，请把文件里的编码改成一样。")
        raise Conflict(words % {"year": taken.year, "name": taken.name, "code": taken.code})
    scheme = Scheme(organisation=organisation, code=definition.code, name=definition.name[:100], **level)
    return audit.save(scheme, actor=actor, reason=_("拟定方案"))


def _require_same(scheme: Scheme, definition: Definition) -> None:
    if scheme.is_frozen:
        raise Conflict(_("这个方案的结果已经公示，不能再改规则。"))
    if (scheme.year, scheme.applies_to) != (definition.year, definition.applies_to):
        words = _("编码%(code)s已用于%(year)d年%(level)s的方案，文件的年度或适用单位与它不同，请改编码。")
        level = scheme.get_applies_to_display()
        raise InvalidInput(words % {"code": scheme.code, "year": scheme.year, "level": level})


def require_no_draft(scheme: Scheme) -> None:
    """Raise ``Conflict`` while a draft is being written: there is only one at a time."""
    draft = SchemeVersion.objects.filter(scheme=scheme, state=SchemeVersion.State.DRAFT).first()
    if draft is not None:
        words = _("这个方案已有第%(number)d版草稿，请先发布或删除它。")
        raise Conflict(words % {"number": draft.number})


def new_draft(*, actor: User, scheme: Scheme, body: dict[str, object], words: str) -> SchemeVersion:
    """The next version of a scheme that the caller holds; the caller has asked for the right."""
    last = SchemeVersion.objects.filter(scheme=scheme).aggregate(last=Max("number"))["last"] or 0
    draft = SchemeVersion(scheme=scheme, number=last + 1, body=body, drafted_by=actor)
    return audit.save(draft, actor=actor, reason=words)


@transaction.atomic
def load_schemes(*, actor: User) -> list[Scheme]:
    """Make drafts of the shipped schemes for the root committee; what exists is left as it is. Returns the new ones.

    Raises ``InvalidInput`` without any organisation, ``NotAllowed`` without CONFIGURE there, ``DefinitionFault`` for
    a shipped file that is not sound. Schemes of the year before the newest are marked as examples.
    """
    root = Organisation.objects.filter(depth=1).first()
    if root is None:
        raise InvalidInput(_("请先导入组织。"))
    access.require(actor, access.CONFIGURE, root)
    found = [definitions.read(exchange.parse(path.read_bytes()), registry.given()) for path in shipped_files()]
    newest = max((definition.year for definition in found), default=0)
    made = []
    for definition in found:
        level = {"year": definition.year, "applies_to": definition.applies_to}
        own = Scheme.objects.filter(organisation=root)
        if own.filter(code=definition.code).exists() or own.filter(**level).exists():
            continue
        scheme = _new_scheme(actor, root, definition)
        if definition.year < newest:
            scheme.is_example = True
            audit.save(scheme, actor=actor, reason=_("示例"))
        new_draft(actor=actor, scheme=scheme, body=definitions.as_data(definition), words=_("随平台提供"))
        made.append(scheme)
    return made


def shipped_files() -> list[Path]:
    """The YAML files of the shipped schemes, by name; the composite's are not among them."""
    return sorted(path for path in SHIPPED.glob("*.yaml") if not path.name.startswith("composite"))

"""What the office does with organisations on any day."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from orgs import access
from orgs.forms import organisations as forms
from orgs.models import Group, Organisation
from orgs.requests import SignedInRequest
from orgs.services import organisations as services
from orgs.views.acting import act


def _manageable(request: SignedInRequest, code: str, right: str) -> tuple[Organisation, str]:
    organisation = get_object_or_404(Organisation.objects.visible_to(request.user), code=code)
    access.require(request.user, right, organisation)
    return organisation, reverse("orgs:organisation_detail", args=[code])


@login_required
def create(request: SignedInRequest, code: str) -> HttpResponse:
    """Found an organisation under this one."""
    parent, back = _manageable(request, code, access.MANAGE_ORGANISATIONS)
    return act(
        request,
        forms.OrganisationForm(request.POST or None),
        lambda data: services.create_organisation(actor=request.user, parent=parent, **data),
        title=_("在“%s”下新建组织") % parent,
        back=back,
        done=_("已建立。接下来请办理任职。"),
    )


@login_required
def rename(request: SignedInRequest, code: str) -> HttpResponse:
    """Another name."""
    organisation, back = _manageable(request, code, access.MANAGE_ORGANISATIONS)
    return act(
        request,
        forms.RenameForm(request.POST or None, initial={"name": organisation.name}),
        lambda data: services.rename_organisation(actor=request.user, organisation=organisation, **data),
        title=_("“%s”更名") % organisation,
        back=back,
        done=_("已更名，原名称保留在变动记录里。"),
    )


@login_required
def correct(request: SignedInRequest, code: str) -> HttpResponse:
    """Kind, dates, term, approval number and note."""
    organisation, back = _manageable(request, code, access.MANAGE_ORGANISATIONS)
    fields = ("kind", "founded_on", "term_start", "term_years", "approval_number", "note")
    initial = {name: getattr(organisation, name) for name in fields}
    return act(
        request,
        forms.CorrectOrganisationForm(request.POST or None, initial=initial),
        lambda data: services.correct_organisation(actor=request.user, organisation=organisation, **data),
        title=_("更正“%s”的登记信息") % organisation,
        back=back,
        done=_("已更正，原来的内容保留在变动记录里。"),
    )


@login_required
def move(request: SignedInRequest, code: str) -> HttpResponse:
    """Another parent."""
    organisation, back = _manageable(request, code, access.MANAGE_ORGANISATIONS)
    parents = Organisation.objects.visible_to(request.user).open_on().exclude(level="branch")
    return act(
        request,
        forms.MoveForm(request.POST or None, parents=parents),
        lambda data: services.move_organisation(actor=request.user, organisation=organisation, **data),
        title=_("调整“%s”的上级") % organisation,
        back=back,
        done=_("已调整，下级组织一并移动。"),
    )


@login_required
def dissolve(request: SignedInRequest, code: str) -> HttpResponse:
    """The end of an organisation."""
    organisation, back = _manageable(request, code, access.MANAGE_ORGANISATIONS)
    return act(
        request,
        forms.DissolveForm(request.POST or None),
        lambda data: services.dissolve_organisation(actor=request.user, organisation=organisation, **data),
        title=_("撤销“%s”") % organisation,
        back=back,
        done=_("已撤销，历史记录保留。"),
        action=_("撤销"),
        intro=_("先转出全部党员、撤销下级组织，才能撤销。"),
    )


@login_required
def extend_term(request: SignedInRequest, code: str) -> HttpResponse:
    """An approved extension of the term."""
    organisation, back = _manageable(request, code, access.MANAGE_ORGANISATIONS)
    return act(
        request,
        forms.ExtendTermForm(request.POST or None),
        lambda data: services.extend_term(actor=request.user, organisation=organisation, **data),
        title=_("“%s”延期换届") % organisation,
        back=back,
        done=_("已登记延期。"),
    )


@login_required
def create_group(request: SignedInRequest, code: str) -> HttpResponse:
    """A new Party group."""
    organisation, back = _manageable(request, code, access.MANAGE_PEOPLE)
    return act(
        request,
        forms.GroupForm(request.POST or None),
        lambda data: services.create_group(actor=request.user, organisation=organisation, **data),
        title=_("在“%s”设立党小组") % organisation,
        back=back,
        done=_("已设立。接下来请任命组长、编入党员。"),
    )


@login_required
def dissolve_group(request: SignedInRequest, pk: int) -> HttpResponse:
    """The end of a Party group."""
    group = get_object_or_404(Group.objects.visible_to(request.user).select_related("organisation"), pk=pk)
    _organisation, back = _manageable(request, group.organisation.code, access.MANAGE_PEOPLE)
    return act(
        request,
        forms.DissolveForm(request.POST or None),
        lambda data: services.dissolve_group(actor=request.user, group=group, **data),
        title=_("撤销“%s”") % group,
        back=back,
        done=_("已撤销。"),
        action=_("撤销"),
    )

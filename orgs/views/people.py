"""One person, and what changes about people on any day."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from common.errors import Conflict
from orgs import access
from orgs.forms import people as forms
from orgs.models import Organisation, Person
from orgs.requests import SignedInRequest
from orgs.selectors.candidates import candidates, search
from orgs.selectors.person import person_page
from orgs.services import accounts
from orgs.services import people as services
from orgs.views.acting import act


def _person(request: SignedInRequest, number: str) -> tuple[Person, str]:
    """A visible person whose record the user manages, and the address of their page."""
    rows = Person.objects.visible_to(request.user).select_related("organisation", "group")
    person = get_object_or_404(rows, number=number)
    if person.organisation is not None:
        access.require(request.user, access.MANAGE_PEOPLE, person.organisation)
    else:
        access.require_anywhere(request.user, access.MANAGE_ORGANISATIONS)
    return person, reverse("orgs:person_detail", args=[number])


@login_required
@require_safe
@never_cache
def people_search(request: SignedInRequest) -> HttpResponse:
    """People one sees, by name, number or pinyin, as options of a search field."""
    text = request.GET.get("q", "")[:50].strip()
    people = search(candidates(request.user), text)
    return render(request, "orgs/_people_options.html", {"people": people, "text": text})


@login_required
@require_safe
def person_detail(request: SignedInRequest, number: str) -> HttpResponse:
    """The page of one person."""
    rows = Person.objects.visible_to(request.user).select_related("organisation", "group", "user")
    person = get_object_or_404(rows, number=number)
    return render(request, "orgs/person_detail.html", {"page": person_page(request.user, person)})


@login_required
def transfer(request: SignedInRequest, number: str) -> HttpResponse:
    """To another branch."""
    person, back = _person(request, number)
    managed = access.within(request.user, access.MANAGE_PEOPLE, "")
    branches = Organisation.objects.visible_to(request.user).open_on().filter(managed, level="branch")
    return act(
        request,
        forms.TransferForm(request.POST or None, branches=branches),
        lambda data: services.transfer(actor=request.user, person=person, **data),
        title=_("%s转接组织关系") % person,
        back=back,
        done=_("已转接。"),
        intro=_("只列出归您管理的支部；转到别的总支，请联系组织部办理。"),
    )


@login_required
def transfer_out(request: SignedInRequest, number: str) -> HttpResponse:
    """Out of the college."""
    person, _back = _person(request, number)
    return act(
        request,
        forms.TransferOutForm(request.POST or None),
        lambda data: services.transfer_out(actor=request.user, person=person, **data),
        title=_("%s转出本校") % person,
        back=reverse("orgs:organisation_list"),
        done=_("已转出，历史记录保留。"),
    )


@login_required
def transfer_in(request: SignedInRequest, code: str) -> HttpResponse:
    """From outside into this branch."""
    organisation = get_object_or_404(Organisation.objects.visible_to(request.user), code=code)
    access.require(request.user, access.MANAGE_PEOPLE, organisation)
    return act(
        request,
        forms.TransferInForm(request.POST or None, organisation=organisation),
        lambda data: services.transfer_in(actor=request.user, organisation=organisation, **data),
        title=_("转入“%s”") % organisation,
        back=reverse("orgs:organisation_detail", args=[code]),
        done=_("已转入。需要登录的，请组织部建立账号并发邀请。"),
    )


@login_required
def admit(request: SignedInRequest, number: str) -> HttpResponse:
    """To full membership."""
    person, back = _person(request, number)
    return act(
        request,
        forms.AdmitForm(request.POST or None),
        lambda data: services.admit_to_full_membership(actor=request.user, person=person, **data),
        title=_("%s转正") % person,
        back=back,
        done=_("已登记转正，从转正日期起计入表决基数。"),
    )


@login_required
def change_group(request: SignedInRequest, number: str) -> HttpResponse:
    """Into another Party group."""
    person, back = _person(request, number)
    if person.organisation is None:
        raise Conflict(_("已转出的党员没有党小组，请先办理转入。"))
    return act(
        request,
        forms.ChangeGroupForm(request.POST or None, organisation=person.organisation, initial={"group": person.group}),
        lambda data: services.change_group(actor=request.user, person=person, **data),
        title=_("调整%s的党小组") % person,
        back=back,
        done=_("已调整。"),
    )


@login_required
def excused(request: SignedInRequest, number: str) -> HttpResponse:
    """No hard requirement."""
    person, back = _person(request, number)
    form = forms.ExcusedForm(request.POST or None, present=person.excused_reason, may_see=_sees_health(request, person))
    return act(
        request,
        form,
        lambda data: services.set_excused(actor=request.user, person=person, excused_reason=form.reason()),
        title=_("%s：不作硬性要求") % person,
        back=back,
        done=_("已登记。"),
    )


def _sees_health(request: SignedInRequest, person: Person) -> bool:
    """Health reasons stay in the branch (DESIGN.md §5): those above set them without reading them."""
    return person.organisation is not None and access.may(request.user, access.VIEW_PRIVATE, person.organisation)


@login_required
def voting_exclusion(request: SignedInRequest, number: str) -> HttpResponse:
    """Out of the voting base."""
    person, back = _person(request, number)
    return act(
        request,
        forms.VotingExclusionForm(request.POST or None),
        lambda data: services.set_voting_exclusion(actor=request.user, person=person, **data),
        title=_("%s：不计入表决基数") % person,
        back=back,
        done=_("已登记。"),
    )


@login_required
def details(request: SignedInRequest, number: str) -> HttpResponse:
    """Name, dates and contact."""
    person, back = _person(request, number)
    fields = ("name", "gender", "kind", "joined_on", "formal_on", "born_on", "email", "mobile")
    return act(
        request,
        forms.DetailsForm(request.POST or None, initial={name: getattr(person, name) for name in fields}),
        lambda data: services.correct_details(actor=request.user, person=person, **data),
        title=_("更正%s的登记信息") % person,
        back=back,
        done=_("已更正。"),
    )


@login_required
def end_exclusion(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    """Back into the voting base."""
    person, back = _person(request, number)
    exclusion = get_object_or_404(person.voting_exclusions.all(), pk=pk)
    return act(
        request,
        forms.EndExclusionForm(request.POST or None),
        lambda data: services.end_voting_exclusion(actor=request.user, exclusion=exclusion, **data),
        title=_("%s恢复计入表决基数") % person,
        back=back,
        done=_("已登记。"),
    )


@login_required
@require_POST
def account_state(request: SignedInRequest, number: str, action: str) -> HttpResponse:
    """Make, close or open the account of a person."""
    person = get_object_or_404(Person.objects.visible_to(request.user).select_related("organisation"), number=number)
    commands = {
        "create": (accounts.create_account, _("已建立账号，可以发邀请邮件了。")),
        "disable": (accounts.disable_account, _("账号已停用。")),
        "enable": (accounts.enable_account, _("账号已恢复。")),
    }
    command, done = commands[action]
    command(actor=request.user, person=person)
    messages.success(request, done)
    return redirect("orgs:person_detail", number)

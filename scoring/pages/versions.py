"""Pages of one version of a scheme: read, edited part by part, compared, exported, published."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import InvalidInput
from common.formstyle import StyledForm
from orgs import access
from orgs.requests import SignedInRequest
from scoring import bodies, exchange, registry
from scoring.definition_checks import KIND_WORDS
from scoring.forms_indicators import KIND_CHOICES, IndicatorForm
from scoring.forms_schemes import SECTION_FORMS, SECTION_TITLES, BlockForm, FactsForm, NoteForm
from scoring.models import SchemeVersion
from scoring.selectors import schemes as selectors
from scoring.services import parts
from scoring.services.versions import Stale, delete_draft, may_publish, publish_version

Save = Callable[[str], Any]


@login_required
@require_safe
def version_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The whole version in words; of a draft also everything that is wrong, with the way to mend it."""
    version = _version(request, pk)
    is_draft = version.state == SchemeVersion.State.DRAFT
    context = {"page": selectors.version_page(version), "version": version, "is_draft": is_draft}
    return render(request, "scoring/schemes/version.html", context)


@login_required
@require_safe
def version_export(request: SignedInRequest, pk: int) -> HttpResponse:
    """The version as a YAML file; imported again it is the same scheme."""
    version = _version(request, pk)
    response = HttpResponse(exchange.written(version.body), content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{version.scheme.code}-v{version.number}.yaml"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@login_required
@require_safe
def version_changes(request: SignedInRequest, pk: int) -> HttpResponse:
    """What differs from the version that this one follows."""
    version = _version(request, pk)
    before, changes = selectors.changes_from(version)
    context = {"version": version, "before": before, "changes": changes}
    return render(request, "scoring/schemes/changes.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def version_facts(request: SignedInRequest, pk: int) -> HttpResponse:
    """Name, full mark and the like."""
    version = _draft(request, pk)
    form = FactsForm(request.POST or None, initial=FactsForm.initial_of(version.body))

    def save(seen: str) -> None:
        parts.save_facts(actor=request.user, version=version, seen=seen, facts=form.facts())

    return _edit(request, version, form, save, _("方案基本内容"))


@login_required
@require_http_methods(["GET", "POST"])
def version_block(request: SignedInRequest, pk: int, code: str = "") -> HttpResponse:
    """A block's name and points; without ``code`` a new block."""
    version = _draft(request, pk)
    block = _part(bodies.find_block, version, code) if code else {}
    form = BlockForm(request.POST or None, is_new=not code, initial=block)

    def save(seen: str) -> None:
        data = {"code": code, **form.cleaned_data}
        parts.save_block(actor=request.user, version=version, seen=seen, is_new=not code, **data)

    return _edit(request, version, form, save, _("板块%(code)s") % {"code": code} if code else _("增加板块"))


@login_required
@require_http_methods(["GET", "POST"])
def version_indicator(request: SignedInRequest, pk: int, code: str = "") -> HttpResponse:
    """One indicator; its fields are those of its kind. Without ``code`` a new one."""
    version = _draft(request, pk)
    block, indicator = _part(bodies.find_indicator, version, code) if code else ({}, {})
    kind = request.GET.get("kind", "")
    kind = kind if kind in KIND_WORDS else indicator.get("kind", "rubric")
    form = _indicator_form(request, version, kind, block, indicator)

    def save(seen: str) -> None:
        values: dict[str, Any] = {"block": form.cleaned_data["block"], "indicator": form.data_of()}
        parts.save_indicator(actor=request.user, version=version, seen=seen, is_new=not code, **values)

    title = f"{code} {indicator['name']}" if code else _("增加指标")
    more: dict[str, Any] = {
        "kind": kind,
        "kinds": KIND_CHOICES,
        "kind_words": KIND_WORDS[kind],
        "chosen_block": request.GET.get("block", ""),  # "block" is Django's own name within a block of a template
    }
    return _edit(request, version, form, save, title, template="scoring/schemes/indicator.html", **more)


def _indicator_form(
    request: SignedInRequest, version: SchemeVersion, kind: str, block: dict[str, Any], indicator: dict[str, Any]
) -> IndicatorForm:
    blocks = [(one["code"], f"{one['code']} {one['name']}") for one in bodies.rows(version.body, "blocks")]
    chosen = block.get("code") or request.GET.get("block", "")
    initial = IndicatorForm.initial_of(chosen, indicator) if indicator else {"block": chosen}
    return IndicatorForm(
        request.POST or None,
        kind=kind,
        blocks=blocks,
        measures=registry.measures(),
        indicator=indicator or None,
        initial=initial,
    )


@login_required
@require_http_methods(["GET", "POST"])
def version_section(request: SignedInRequest, pk: int, section: str) -> HttpResponse:
    """Bonus, penalty, veto or bands as a whole."""
    version = _draft(request, pk)
    if section not in SECTION_FORMS:
        raise Http404
    kind = SECTION_FORMS[section]
    form = kind(request.POST or None, initial=kind.initial_of(version.body.get(section)))

    def save(seen: str) -> None:
        parts.save_section(actor=request.user, version=version, seen=seen, section=section, value=form.value())

    return _edit(request, version, form, save, str(SECTION_TITLES[section]))


@login_required
@require_POST
def version_arrange(request: SignedInRequest, pk: int) -> HttpResponse:
    """Move or remove a block or an indicator."""
    version = _draft(request, pk)
    names = ("seen", "what", "code", "verb")
    sent = {name: request.POST.get(name, "") for name in names}
    parts.arrange(actor=request.user, version=version, **sent)
    if sent["verb"] == "remove":
        messages.success(request, _("已删去%(code)s。") % {"code": sent["code"]})
    return redirect(f"{reverse('scoring:version_detail', args=[pk])}#blocks")


@login_required
@require_http_methods(["GET", "POST"])
def version_publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """What publishing does, what keeps it from being done, and the reason for it."""
    version = _draft(request, pk)
    form = NoteForm(request.POST or None)

    def save(seen: str) -> None:
        publish_version(actor=request.user, version=version, seen=seen, **form.cleaned_data)

    before, changes = selectors.changes_from(version)
    more = {
        "before": before,
        "changes": changes,
        "problems": selectors.problems_of(version),
        "is_other": may_publish(request.user, version),
    }
    title = _("发布第%(number)d版") % {"number": version.number}
    done = reverse("scoring:scheme_detail", args=[version.scheme_id])
    return _edit(
        request,
        version,
        form,
        save,
        title,
        template="scoring/schemes/publish.html",
        done=done,
        said=_("已发布，规则从现在起生效。"),
        **more,
    )


@login_required
@require_POST
def version_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Delete a draft."""
    version = _draft(request, pk)
    delete_draft(actor=request.user, version=version)
    messages.success(request, _("草稿已删除。"))
    return redirect("scoring:scheme_list")


def _edit(
    request: SignedInRequest,
    version: SchemeVersion,
    form: StyledForm,
    save: Save,
    title: str,
    *,
    template: str = "scoring/schemes/part.html",
    done: str = "",
    said: str = "",
    **more: Any,
) -> HttpResponse:
    """Show a form of one part; when sent, save it unless somebody else changed the draft meanwhile."""
    status, seen = 200, bodies.digest(version.body)
    if request.method == "GET" and version.state != SchemeVersion.State.DRAFT:
        return redirect("scoring:version_detail", pk=version.pk)
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                save(request.POST.get("seen", ""))
            except InvalidInput as error:
                form.add_invalid(error)
            except Stale as error:
                # The form now carries the newer state: sent again, this part is written onto it.
                form.add_error(None, error.message)
                status = 409
            else:
                messages.success(request, said or _("已保存。"))
                return redirect(done or reverse("scoring:version_detail", args=[version.pk]))
    context = {"form": form, "version": version, "seen": seen, "title": title, **more}
    return render(request, template, context, status=status)


def _version(request: SignedInRequest, pk: int) -> SchemeVersion:
    return get_object_or_404(selectors.visible_versions(request.user), pk=pk)


def _draft(request: SignedInRequest, pk: int) -> SchemeVersion:
    """A version to be edited, for who edits the scheme; 403 for other readers. Frozen ones the service refuses."""
    version = _version(request, pk)
    access.require(request.user, access.CONFIGURE, version.scheme.organisation)
    return version


def _part(find: Callable[[Any, str], Any], version: SchemeVersion, code: str) -> Any:
    try:
        return find(version.body, code)
    except bodies.Gone:
        raise Http404 from None

"""Pages on which the committee office writes and publishes responsibility lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from common.errors import InvalidInput
from common.formstyle import StyledForm
from orgs import access
from orgs.requests import SignedInRequest
from tasks import list_words
from tasks.models import ListItem, ResponsibilityList
from tasks.pages.lists import visible
from tasks.pages.lists_forms import DraftForm, HeadForm, ItemForm, PublishForm
from tasks.selectors import lists as selectors
from tasks.services import lists as services


@login_required
@require_http_methods(["GET", "POST"])
def list_new(request: SignedInRequest) -> HttpResponse:
    """Begin the list of a role for a year."""
    access.require_anywhere(request.user, access.CONFIGURE)
    form = DraftForm(request.POST or None, initial={name: request.GET.get(name) for name in ("role", "year")})
    made = _do(form, lambda: services.create_draft(actor=request.user, **form.cleaned_data))
    if made is not None:
        return redirect("tasks:list_edit", pk=made.pk)
    return _form_page(request, form, _("起草责任清单"), reverse("tasks:list_index"), _("起草"))


@login_required
@require_http_methods(["GET", "POST"])
def list_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """A draft: its name, its items, and what can be done with it."""
    found = _listed(request, pk)
    if request.method == "GET" and found.state != ResponsibilityList.State.DRAFT:
        return redirect("tasks:list_detail", pk=pk)
    form = HeadForm(request.POST or None, initial={"title": found.title, "signed_with": found.signed_with})
    save = services.rename_draft
    if _do(form, lambda: save(actor=request.user, responsibility_list=found, **form.cleaned_data)) is not None:
        messages.success(request, _("已保存。"))
        return redirect("tasks:list_edit", pk=pk)
    context = {"list": found, "items": found.items.order_by("number"), "form": form, "publish": PublishForm()}
    return render(request, "tasks/lists/edit.html", context, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def item_new(request: SignedInRequest, pk: int) -> HttpResponse:
    """Append an item to a draft."""
    found = _listed(request, pk)
    form = ItemForm(request.POST or None)

    def add() -> ListItem:
        return services.add_item(actor=request.user, responsibility_list=found, facts=form.facts())

    return _item(request, form, add, found, _("增加条目"))


@login_required
@require_http_methods(["GET", "POST"])
def item_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change an item of a draft."""
    item = _item_of(request, pk)
    form = ItemForm(request.POST or None, item=item)

    def change() -> ListItem:
        return services.change_item(actor=request.user, item=item, facts=form.facts())

    return _item(request, form, change, item.list, _("第%(number)d条") % {"number": item.number})


def _item(
    request: SignedInRequest, form: ItemForm, save: Callable[[], ListItem], found: ResponsibilityList, title: str
) -> HttpResponse:
    saved = _do(form, save)
    if saved is not None:
        messages.success(request, _("第%(number)d条已保存。") % {"number": saved.number})
        return redirect("tasks:list_edit", pk=found.pk)
    context = {"form": form, "list": found, "title": title}
    return render(request, "tasks/lists/item.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def item_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take an item out of a draft."""
    item = _item_of(request, pk)
    services.remove_item(actor=request.user, item=item)
    messages.success(request, _("已删去“%(title)s”。") % {"title": item.title})
    return redirect("tasks:list_edit", pk=item.list_id)


@login_required
@require_POST
def list_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Delete a draft."""
    found = _listed(request, pk)
    services.delete_draft(actor=request.user, responsibility_list=found)
    messages.success(request, _("草稿已删除。"))
    return redirect("tasks:list_index")


@login_required
@require_POST
def list_version(request: SignedInRequest, pk: int) -> HttpResponse:
    """Begin a new version of the published list."""
    made = services.start_version(actor=request.user, responsibility_list=_listed(request, pk))
    messages.success(request, _("已起草第%(number)d版，改好后发布。") % {"number": made.version})
    return redirect("tasks:list_edit", pk=made.pk)


@login_required
@require_http_methods(["GET", "POST"])
def list_publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """What publishing will do, and the reason for it."""
    found = _listed(request, pk)
    form = PublishForm(request.POST or None)
    publish = services.publish_list
    if _do(form, lambda: publish(actor=request.user, responsibility_list=found, **form.cleaned_data)) is not None:
        messages.success(request, _("已发布，责任人的事项已经开启。"))
        return redirect("tasks:list_detail", pk=pk)
    changes = selectors.version_changes(found) if found.previous else []
    context = {"list": found, "form": form, "changes": changes, "moves_tasks": list_words.moves_tasks(changes)}
    return render(request, "tasks/lists/publish.html", context, status=400 if form.errors else 200)


def _listed(request: SignedInRequest, pk: int) -> ResponsibilityList:
    """A list that the user may read, for who keeps the lists; 403 for everybody else."""
    found = visible(request, pk)
    access.require_anywhere(request.user, access.CONFIGURE)
    return found


def _item_of(request: SignedInRequest, pk: int) -> ListItem:
    rows = ListItem.objects.filter(list__in=selectors.visible_lists(request.user)).select_related("list")
    item = get_object_or_404(rows, pk=pk)
    access.require_anywhere(request.user, access.CONFIGURE)
    return item


def _do(form: StyledForm, command: Callable[[], Any]) -> Any:
    """What the command returns; ``None`` while the form is empty or wrong, with the faults on it."""
    if form.is_bound and form.is_valid():
        try:
            return command()
        except InvalidInput as error:
            form.add_invalid(error)
    return None


def _form_page(request: SignedInRequest, form: StyledForm, title: str, back: str, action: str) -> HttpResponse:
    context = {"form": form, "title": title, "back": back, "action": action}
    return render(request, "components/form_page.html", context, status=400 if form.errors else 200)

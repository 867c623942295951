"""What the page of a project offers to do with it and with its milestones: from the form to the command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from common.errors import Conflict
from common.formstyle import StyledForm
from tasks import project_states as states
from tasks import services, transitions
from tasks.forms import ReturnForm, SubmitForm, WaiveForm
from tasks.models import Project
from tasks.pages import projects_forms as forms
from tasks.selectors.projects import Step
from tasks.services import project_reviews as reviews
from tasks.services import projects as drafts
from tasks.services.project_files import attach_to_project

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from orgs.models import User

ATTACH = "attach"


@dataclass(frozen=True)
class ProjectAction:
    """One thing to do with a project; ``is_open``: its form is not folded away."""

    verb: str
    form: type[StyledForm]
    command: Callable[..., Any]
    button: _StrPromise
    done: _StrPromise
    icon: str
    css: str = "btn-primary"
    is_open: bool = False

    @property
    def is_multipart(self) -> bool:
        """Whether its form sends a file."""
        return self.form is forms.UploadForm

    def form_for(self, project: Project, *args: Any, **kwargs: Any) -> StyledForm:
        """The form, with the project's indicators where it reads them."""
        if issubclass(self.form, forms.ReadingsForm):
            kwargs["indicators"] = project.indicators.all()
        return self.form(*args, prefix=self.verb, **kwargs)

    def run(self, project: Project, user: User, form: StyledForm) -> None:
        """Call the command with what was typed."""
        data = form.arguments() if isinstance(form, forms.ReadingsForm) else form.cleaned_data
        self.command(project=project, actor=user, **data)


PROJECT_ACTIONS = {
    action.verb: action
    for action in (
        ProjectAction(
            states.SUBMIT,
            forms.PlainForm,
            drafts.submit_project,
            _("提交审核"),
            _("已提交，等待上一级审核。"),
            "send",
            is_open=True,
        ),
        ProjectAction(
            states.APPROVE,
            forms.NoteForm,
            drafts.approve_project,
            _("审核通过"),
            _("已审核通过，里程碑已成为领办人的待办。"),
            "check-lg",
            is_open=True,
        ),
        ProjectAction(
            states.RETURN,
            forms.ReasonForm,
            drafts.return_project,
            _("退回修改"),
            _("已退回，原因记在项目上。"),
            "arrow-counterclockwise",
            "btn-outline-primary",
        ),
        ProjectAction(
            states.REPORT,
            forms.ReportForm,
            reviews.report_on_project,
            _("报进展"),
            _("进展已记入。"),
            "journal-text",
            is_open=True,
        ),
        ProjectAction(
            states.APPLY,
            forms.ApplyForm,
            reviews.apply_for_acceptance,
            _("申请验收"),
            _("已申请，等待上一级验收。"),
            "flag",
            is_open=True,
        ),
        ProjectAction(
            states.ACCEPT,
            forms.NoteForm,
            reviews.accept_project,
            _("验收通过，销号"),
            _("已销号；责任清单里要求领办项目的事项随之办结。"),
            "check-lg",
            is_open=True,
        ),
        ProjectAction(
            states.REJECT,
            forms.ReasonForm,
            reviews.reject_project,
            _("验收退回"),
            _("已退回，领办人改好后再申请。"),
            "arrow-counterclockwise",
            "btn-outline-primary",
        ),
        ProjectAction(
            ATTACH,
            forms.UploadForm,
            attach_to_project,
            _("上传项目材料"),
            _("材料已上传。"),
            "paperclip",
            "btn-outline-primary",
        ),
        ProjectAction(
            states.DISCARD,
            forms.ReasonForm,
            drafts.discard_project,
            _("撤销草拟"),
            _("已撤销。"),
            "x-lg",
            "btn-outline-secondary",
        ),
        ProjectAction(
            states.STOP,
            forms.ReasonForm,
            reviews.stop_project,
            _("中止项目"),
            _("已中止；未办结的里程碑不再要求。"),
            "slash-circle",
            "btn-outline-secondary",
        ),
    )
}


@dataclass(frozen=True)
class StepAction:
    """One thing to do with a milestone."""

    verb: str
    form: type[StyledForm]
    command: Callable[[Step, User, dict[str, Any]], Any]
    button: _StrPromise
    done: _StrPromise
    icon: str
    css: str = "btn-outline-primary"

    @property
    def is_multipart(self) -> bool:
        """Whether its form sends a file."""
        return self.form is forms.UploadForm


def _on_task(service: Callable[..., Any]) -> Callable[[Step, User, dict[str, Any]], Any]:
    return lambda step, user, data: service(task=step.task, actor=user, **data)


def _on_request(service: Callable[..., Any]) -> Callable[[Step, User, dict[str, Any]], Any]:
    def decide(step: Step, user: User, data: dict[str, Any]) -> Any:
        if step.extension is None:
            raise Conflict(_("这个里程碑没有待审批的延期申请，可能刚刚已有结果，请刷新查看。"))
        return service(extension=step.extension, actor=user, **data)

    return decide


STEP_ACTIONS = {
    action.verb: action
    for action in (
        StepAction(
            transitions.SUBMIT,
            SubmitForm,
            _on_task(services.submit_task),
            _("提交完成情况"),
            _("已提交，等待上一级核查。"),
            "send",
            "btn-primary",
        ),
        StepAction(
            ATTACH,
            forms.UploadForm,
            _on_task(services.attach_to_task),
            _("上传佐证"),
            _("佐证已上传。"),
            "paperclip",
        ),
        StepAction(
            transitions.EXTEND,
            forms.ExtensionForm,
            _on_task(services.ask_extension),
            _("申请延期"),
            _("已申请，等待上一级审批；原期限仍然有效。"),
            "hourglass-split",
        ),
        StepAction(
            transitions.ACCEPT,
            forms.PlainForm,
            _on_task(services.accept_task),
            _("核查通过"),
            _("已核查通过，权重计入项目进度。"),
            "check-lg",
            "btn-primary",
        ),
        StepAction(
            transitions.RETURN,
            ReturnForm,
            _on_task(services.return_task),
            _("退回"),
            _("已退回，领办人会收到提醒。"),
            "arrow-counterclockwise",
        ),
        StepAction(
            "grant",
            forms.DecisionForm,
            _on_request(services.grant_extension),
            _("批准延期"),
            _("已批准，期限和下一个里程碑的开始日期已改。"),
            "check-lg",
            "btn-primary",
        ),
        StepAction(
            "refuse",
            forms.RefusalForm,
            _on_request(services.refuse_extension),
            _("不批准延期"),
            _("已记入，原期限不变。"),
            "x-lg",
        ),
        StepAction(
            transitions.WAIVE,
            WaiveForm,
            _on_task(services.waive_task),
            _("免办"),
            _("已免办，理由和批准人已记入。"),
            "slash-circle",
            "btn-outline-secondary",
        ),
    )
}

"""Words for what schemes say in codes."""

from django.utils.translation import gettext_lazy as _

SOURCES = [
    ("auto", _("自动取数")),
    ("manual", _("人工评定")),
    ("mixed", _("自动与人工结合")),
    ("ballot", _("匿名测评")),
]
EMPTY = [("not_applicable", _("不适用，分值由本板块其他指标分担")), ("full_mark", _("得满分"))]
MEASURE_WORDS = {
    "kind": _("会议类型代码"), "topic": _("专题标记"), "hours": _("学时"), "months": _("月数"),
    "office": _("职务"), "part": _("参与方式"),
}  # fmt: skip

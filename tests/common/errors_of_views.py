"""What views let through in tests, by name."""

from django.http import Http404

from common.errors import Conflict, DomainError, InvalidInput, NotAllowed

ERRORS: dict[str, Exception] = {
    "forbidden": NotAllowed("只有支部书记可以确认这份记录。"),
    "conflict": Conflict("这份记录刚被王芳修改过，请刷新后再试。"),
    "invalid": InvalidInput("请检查表格", {"held_on": "会议日期不能晚于今天。"}),
    "invalid-field": InvalidInput(errors={"held_on": "会议日期不能晚于今天。", "place": "请填写地点。"}),
    "domain": DomainError("现在不能办理。"),
    "hostile": Conflict("<script>alert(1)</script>"),
    "missing": Http404("没有"),
    "bug": KeyError("a mistake of ours"),
}

"""Errors of the domain."""

from common.errors import Conflict, DomainError, InvalidInput, NotAllowed


def test_every_error_carries_a_message_and_a_code() -> None:
    for kind, code in ((DomainError, "error"), (NotAllowed, "not_allowed"), (Conflict, "conflict")):
        error = kind("请刷新后再试")
        assert (error.message, error.code, str(error)) == ("请刷新后再试", code, "请刷新后再试")


def test_a_code_of_ones_own_stays_on_its_error() -> None:
    assert Conflict("", code="stale").code == "stale"
    assert Conflict("").code == "conflict"


def test_invalid_input_says_what_its_fields_say() -> None:
    error = InvalidInput(errors={"end": "要晚于开学日期", "code": "不能为空"})
    assert error.errors == {"end": "要晚于开学日期", "code": "不能为空"}
    assert error.message == "要晚于开学日期；不能为空"
    assert InvalidInput("请检查表格").errors == {}

"""An honest file of a large college is read row by row: memory does not grow with its length."""

import datetime
import io
import tracemalloc
import zipfile

import pytest

from common.periods import ONE_DAY
from common.spreadsheets import Book, RowError, SheetSpec, as_date, check_archive, clean_text, write_rows

HEADER = ["工号", "入党日期"]
SPEC = SheetSpec("党员", tuple(HEADER))
JOINED = datetime.date(2001, 7, 1)


def roster(people: int) -> io.BytesIO:
    """People with numbers kept as numbers, as Excel users type them."""
    stream = io.BytesIO()
    write_rows(stream, {"党员": (HEADER, ([20_020_001.0 + n, JOINED + ONE_DAY * n] for n in range(people)))})
    return stream


def read_and_measure(people: int) -> tuple[int, int, int]:
    """Read a roster without keeping its rows: rows, number of the last one in Excel, and the peak of memory."""
    file = roster(people)
    errors: list[RowError] = []
    count = last = 0
    tracemalloc.start()
    with Book(file) as book:
        for number, row in book.rows(SPEC, errors):
            assert clean_text(row["工号"]) == str(20_020_001 + count)
            assert as_date(row["入党日期"]) == JOINED + ONE_DAY * count
            count, last = count + 1, number
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert errors == []
    return count, last, peak


def test_six_thousand_people_cost_hardly_more_memory_than_a_few_hundred() -> None:
    assert read_and_measure(10)[:2] == (10, 11)  # the parser's own tables are made once
    small = read_and_measure(300)[2]
    count, last, large = read_and_measure(6000)
    assert (count, last) == (6000, 6001)
    assert large - small < 250 * 5700  # openpyxl leaves some 150 bytes a row; keeping rows would add 270
    assert large < 3_000_000


def test_an_honest_file_that_packs_well_is_no_bomb() -> None:
    stream = io.BytesIO()
    write_rows(stream, {"党员": (HEADER, [["20020001", JOINED]] * 6000)})
    packed = len(stream.getvalue())
    with zipfile.ZipFile(stream) as archive:
        assert sum(entry.file_size for entry in archive.infolist()) > 8 * packed
    check_archive(stream)
    assert stream.tell() == 0


def test_reading_stops_where_the_reader_stops() -> None:
    errors: list[RowError] = []
    with Book(roster(20)) as book:
        rows = book.rows(SPEC, errors)
        assert next(rows)[0] == 2
        rows.close()  # type: ignore[attr-defined]
        again = [number for number, _row in book.rows(SPEC, errors)]
    assert again == list(range(2, 22))


@pytest.mark.parametrize("value", ["2001-07-01", "2001.07", "2001年7月1日"])
def test_a_date_typed_as_text_stays_text_in_the_file(value: str) -> None:
    stream = io.BytesIO()
    write_rows(stream, {"党员": (HEADER, [["20020001", value]])})
    with Book(stream) as book:
        [(_number, row)] = book.rows(SPEC, [])
    assert row["入党日期"] == value
    with pytest.raises(ValueError):
        as_date(row["入党日期"])

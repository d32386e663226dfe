"""A document is one that this program writes, or it is refused as damaged."""

import json
from collections.abc import Mapping
from datetime import date, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from tinydb import TinyDB
from tinydb.storages import MemoryStorage

from tutor.bank import QuestionId
from tutor.files import to_json
from tutor.progress import Draft, SessionState, Standing
from tutor.progress.documents import read_document, to_document
from tutor.progress.events import parse, to_line
from tutor.progress.lock import Owner
from tutor.progress.records import Day, ExamPlace, Memory, OpenExam, Rating
from tutor.progress.snapshot import SnapshotMeta, find_meta, standing_row

from .builders import START, make_attempt, make_draft

Record = Standing | Draft | SessionState | Day | OpenExam | ExamPlace | SnapshotMeta | Owner
Document = dict[str, object]
IDS = st.from_regex(r"[a-z0-9]{1,9}(-[a-z]{1,9}){0,3}(\.[0-9]{1,4}){1,3}", fullmatch=True)
EAST = START.astimezone(timezone(timedelta(hours=5.5)))


def stored(record: Record) -> Document:
    """The record's document after it was written to a file and read again."""
    row = standing_row(record) if isinstance(record, Standing) else to_document(record)
    document: Document = json.loads(to_json(row))
    return document


def refuses(kind: type[Record], document: Document) -> bool:
    """Whether `document` is refused with a ValueError."""
    try:
        read_document(kind, document)
    except ValueError:
        return True
    return False


NOT_TEXT: tuple[object, ...] = (None, True, 1, 0.5, [], ["a"], {}, {"a": "b"})
NOT_COUNT: tuple[object, ...] = (None, True, False, "1", 1.0, -1, [1], {})
NOT_SHARE: tuple[object, ...] = (True, "0.5", -0.001, 1.5, 2, -1, float("nan"), [0.5], {})
NOT_TEXTS: tuple[object, ...] = (None, "a", 1, {}, {"a": "b"}, [1], ["a", None], [["a"]])
OUTSIDE = (
    *("0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00"),
    *("0001-01-01T12:00:00+00:00", "9999-12-31T12:00:00+00:00"),
)
"""Moments that are outside the calendar in UTC, or in some other time zone."""
NOT_MOMENT: tuple[object, ...] = (
    *NOT_TEXT,
    *("", "now", "2026-01-02T03:04:05", "2026-13-02T03:04:05Z", "1767323045", "\ud83d"),
    *OUTSIDE,
)
NOT_DAY = (*NOT_TEXT, "", "now", "2026-02-30", "2026-01-02T03:04:05Z", "\ud83d")
NOT_NUMBER: tuple[object, ...] = (True, "0.5", -0.1, float("nan"), float("inf"), [0.5], {})
NOT_MEMORY: tuple[object, ...] = (
    *(True, "x", 1, [], {}, [1.0, 5], [1.0, 5, "2026-01-02T03:04:05Z", 1]),
    *([bad, 5, "2026-01-02T03:04:05Z"] for bad in (0, -1, "1", None)),
    [1.0, 0.5, "2026-01-02T03:04:05Z"],
    [1.0, 5, "now"],
)
NOT_POINTS: tuple[object, ...] = (
    *(None, "a", 1, [], [["a", "m"]]),
    *({"a": bad} for bad in ("", "mq", None, 1, ["m"])),
)
NOT_LANGUAGE = (*NOT_TEXT, "", "EN", "fr")
NOT_ID = (*NOT_TEXT, "", "deck", "deck.", ".1", "Deck.1", "deck.1\n", "дек.1", "a." + "1" * 79)
WRONG: tuple[tuple[Record, Mapping[str, tuple[object, ...]]], ...] = (
    (
        Standing(
            "deck.1",
            2,
            0.5,
            1,
            EAST,
            ("why",),
            "a1",
            best_before=0.25,
            day=date(2026, 1, 3),
            rating=Rating.HARD,
            memory=Memory(3.25, 5, EAST),
            memory_before=Memory(0.001, 10, START),
            points=(("why", "mpx"), ("„how“", "m")),
            gave_up=True,
        ),
        {
            "question": NOT_TEXT,
            "attempts": (*NOT_COUNT, 0),
            "last": (None, *NOT_SHARE),
            "best": (None, *NOT_SHARE),
            "last_at": NOT_MOMENT,
            "missed": NOT_TEXTS,
            "attempt": NOT_TEXT,
            "best_before": NOT_SHARE,
            "day": NOT_DAY[1:],
            "rating": (*NOT_COUNT, 0, 5),
            "memory": NOT_MEMORY,
            "memory_before": NOT_MEMORY,
            "points": NOT_POINTS,
            "gave_up": (None, 0, 1, "yes", []),
        },
    ),
    (
        make_draft(1),
        {
            "question": NOT_ID,
            "text": NOT_TEXT,
            "language": NOT_LANGUAGE,
            "at": NOT_MOMENT,
            "hints": NOT_COUNT,
        },
    ),
    (
        SessionState("deck", ("deck.2", "deck.1"), 1, EAST, "topic", "sets"),
        {
            "deck": NOT_TEXT[1:],
            "questions": NOT_TEXTS,
            "position": NOT_COUNT,
            "started": NOT_MOMENT,
            "kind": (*NOT_TEXT, "", "exam"),
            "topic": NOT_TEXT[1:],
        },
    ),
    (
        Day(date(2026, 1, 2), 3, 1, 2, 1_500_000, 90_000),
        {
            "day": NOT_DAY,
            **dict.fromkeys(("attempts", "new", "scored", "millionths", "ms"), NOT_COUNT),
        },
    ),
    (
        OpenExam("e1", START, 20, ended=True),
        {
            "exam": NOT_TEXT,
            "at": NOT_MOMENT,
            "questions": (*NOT_COUNT, 0),
            "ended": (None, 0, 1, "true", []),
        },
    ),
    (
        ExamPlace("e1", 3, 90.5, "So far", "de", 2.5),
        {
            "exam": NOT_TEXT,
            "position": NOT_COUNT,
            "used": (None, *NOT_NUMBER, 1e10),
            "text": NOT_TEXT,
            "language": NOT_LANGUAGE,
            "spent": (None, *NOT_NUMBER, 2e9),
        },
    ),
    (
        SnapshotMeta(2, 10**12, "f00", 3),
        {
            "version": (*NOT_COUNT, 0),
            "offset": NOT_COUNT,
            "fingerprint": NOT_TEXT,
            "damaged": NOT_COUNT,
        },
    ),
    (Owner(1, START, "tutor"), {"pid": (*NOT_COUNT, 0), "since": NOT_MOMENT, "command": NOT_TEXT}),
)
"""Records, and values that each of their fields may not have."""


@pytest.mark.parametrize(("record", "wrong"), WRONG, ids=lambda value: type(value).__name__)
def test_a_record_comes_back_and_a_wrong_missing_or_further_field_is_refused(
    record: Record, wrong: Mapping[str, tuple[object, ...]]
) -> None:
    kind, whole = type(record), stored(record)
    assert read_document(kind, whole) == record
    assert wrong.keys() == whole.keys()
    assert refuses(kind, whole | {"further": 1})
    for name, values in wrong.items():
        without = {key: value for key, value in whole.items() if key != name}
        assert refuses(kind, without), name
        assert refuses(kind, without | {"further": 1}), name
        for value in values:
            assert refuses(kind, whole | {name: value}), (name, value)


@given(st.text("abz09-. \n", max_size=12) | IDS)
def test_a_draft_takes_the_ids_that_questions_have(id_: str) -> None:
    try:
        TypeAdapter(QuestionId).validate_python(id_)
    except ValidationError:
        with pytest.raises(ValueError, match="not a question's id"):
            Draft(id_, "", "en", START)
    else:
        assert Draft(id_, "", "en", START).question == id_


@pytest.mark.parametrize("rows", [[], [{}], [{"version": True}], [{"version": 1}] * 2])
def test_a_file_without_one_version_is_damaged(rows: list[Document]) -> None:
    database = TinyDB(storage=MemoryStorage)
    database.table("meta").insert_multiple(rows)
    with pytest.raises(ValueError, match=r"documents|number"):
        find_meta(database, Path("progress.json"))


@pytest.mark.parametrize("at", OUTSIDE)
def test_a_line_from_outside_the_calendar_is_damaged(at: str) -> None:
    line = to_line(make_attempt(1))
    assert parse(line, Path("attempts.jsonl")) == make_attempt(1)
    moved = line.replace(make_attempt(1).at.isoformat().encode(), at.encode())
    assert moved != line
    assert parse(moved, Path("attempts.jsonl")) is None

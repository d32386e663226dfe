r"""Exports a deck for Anki: a note for each question, with its rubric and model answer.

Anki's ids are derived from the deck's and questions' ids, so importing a package again updates the
notes instead of duplicating them, and keeps the history of their cards. All text is escaped: no
HTML, and none of Anki's own tags (`[sound:…]`, `[latex]`, `[$]`). Anki renders LaTeX between `\(`
and `\)`; other LaTeX is shown as it is written.
"""

import html
import itertools
import json
import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import genanki

from tutor.bank.index import DeckInfo
from tutor.bank.questions import Question
from tutor.bank.text import Language

FIELDS = ("Prompt", "Rubric", "Model answer", "References", "Language", "Id")
_MODEL = 1_684_209_153
"""The id of our note type. Never change it: notes of earlier exports refer to it."""
_FRONT = '<div lang="{{Language}}">{{Prompt}}</div>'
_BACK = """{{FrontSide}}<hr id="answer">
<div lang="{{Language}}">{{Rubric}}<p>{{Model answer}}</p></div>
<div class="references">{{References}}</div>"""
_CSS = """.card { font-family: sans-serif; font-size: 18px; text-align: left; }
.references { font-size: 14px; }"""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_TAG = re.compile(r"\[(?=/?(?:sound:|anki:|latex\]|\$))", re.IGNORECASE)


def to_apkg(
    deck: DeckInfo, questions: Iterable[Question], language: Language, now: datetime
) -> bytes:
    """A package with a deck's `questions` in `language`, or in another if that is missing.

    Anki updates notes only if the imported ones are newer, hence `now`. With the same version of
    SQLite, equal arguments give equal bytes.
    """
    title = deck.title.to(language).replace("::", ":")
    about = escaped(deck.about.to(language)) if deck.about else ""
    exported = genanki.Deck(_deck_id(deck.id), title, about)
    model = _model()
    for question in questions:
        exported.add_note(_note(model, question, language))
    return _zip(_database(genanki.Package(exported), now))


def guid(question_id: str) -> str:
    """The id by which Anki recognises a question's note."""
    return str(genanki.guid_for("tutor", question_id))


def _deck_id(id_: str) -> int:
    """A number from 2^30 to 2^31 - 1, as Anki requires."""
    digest = sha256(f"tutor deck {id_}".encode()).digest()
    return 2**30 + int.from_bytes(digest[:4]) % 2**30


def _model() -> genanki.Model:
    return genanki.Model(
        _MODEL,
        "Exam question (tutor)",
        fields=[{"name": name} for name in FIELDS],
        templates=[{"name": "Question", "qfmt": _FRONT, "afmt": _BACK}],
        css=_CSS,
    )


def _note(model: genanki.Model, question: Question, language: Language) -> genanki.Note:
    fields = [
        escaped(question.prompt.to(language)),
        _list(f"{escaped(p.point.to(language))} ({p.weight:g})" for p in question.rubric),
        escaped(question.answer.to(language)),
        _list(map(escaped, question.references)),
        question.prompt.language_for(language),
        question.id,
    ]
    tags = ["tutor", question.level, *question.topics]
    return genanki.Note(model, fields, tags=tags, guid=guid(question.id))


def _list(items: Iterable[str]) -> str:
    entries = "".join(f"<li>{item}</li>" for item in items)
    return f"<ul>{entries}</ul>" if entries else ""


def escaped(text: str) -> str:
    """`text` as HTML that shows it literally, without tags that make Anki play or run anything."""
    safe = html.escape(_CONTROL.sub("\ufffd", text.replace("\r\n", "\n")))
    return _TAG.sub("&#91;", safe).replace("\n", "<br>")


def _database(package: genanki.Package, now: datetime) -> bytes:
    """The package's SQLite file, built in memory: genanki itself leaves a temporary file behind."""
    timestamp = now.timestamp()
    with closing(sqlite3.connect(":memory:")) as connection:
        ids = itertools.count(int(timestamp * 1000))
        package.write_to_db(connection.cursor(), timestamp, ids)
        connection.commit()
        return connection.serialize()


def _zip(database: bytes) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for name, data in (("collection.anki2", database), ("media", json.dumps({}).encode())):
            member = ZipInfo(name)
            member.external_attr = 0o644 << 16
            archive.writestr(member, data, ZIP_DEFLATED)
    return buffer.getvalue()

"""Plans what an import would do to a deck, and carries it out.

A question's id is the deck's id and the note's key. So importing a file again updates the questions
whose notes have changed, and every question keeps its progress.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from tutor.authoring.deck_id import DeckNameUnusable, deck_id, guess_language, require_usable_id
from tutor.authoring.deck_writer import OwnDeck, changed_files, read_own_deck, write_files
from tutor.authoring.drafting import Drafter
from tutor.authoring.notes import (
    Note,
    NotesUnreadable,
    ReadNotes,
    Unusable,
    cleaned,
    key_of_prompt,
)
from tutor.bank import Language, Question, Text
from tutor.bank.crosscheck import read_topics
from tutor.bank.questions import DeckHead, Source
from tutor.bank.text import SLUG
from tutor.formatting import count_of, printable

_LONGEST_LINE = 300
_DISTINCTIVE = 20
"""Characters of an answer that no other question is likely to have."""
_LONGEST_TOPIC = 64


@dataclass(frozen=True, slots=True)
class Import:
    """What importing a file's notes would do."""

    file: str
    deck: OwnDeck
    """The deck as it is now; without sections if it does not exist yet."""
    sections: Mapping[str, Sequence[Question]]
    """The new questions by the title of their section, which may be empty."""
    changed: tuple[Question, ...]
    """Questions drafted again, since their texts in the file have changed."""
    unchanged: tuple[str, ...]
    kept: tuple[str, ...]
    """Questions that stay as they are, since a student has reviewed some or all of their points."""
    gone: tuple[str, ...]
    """Questions from this file that are no longer in it; they stay in the deck."""
    unusable: tuple[Unusable, ...]
    media: tuple[str, ...]

    @property
    def new(self) -> tuple[Question, ...]:
        """The new questions, section by section."""
        return tuple(chain.from_iterable(self.sections.values()))

    @property
    def is_new(self) -> bool:
        """Whether the deck does not exist yet."""
        return not self.deck.sections

    @property
    def language(self) -> Language:
        """The language of the deck and of the new questions."""
        return self.deck.head.language


def plan_import(
    read: ReadNotes,
    file: Path,
    folder: Path,
    *,
    taken: Collection[str],
    bank_texts: Iterable[str],
    deck: str | None = None,
    language: Language | None = None,
) -> Import:
    """What importing these notes into a deck in `folder` would do; nothing is written.

    `taken` are the ids of built-in decks, `bank_texts` show how common words are. Raises
    DeckNameUnusable, DeckNotWritable, NotesUnreadable.
    """
    _require_notes(read, file)
    id_ = _usable_id(deck, read.name, taken)
    texts = [text for note in read.notes for text in (note.prompt, note.answer)]
    own = read_own_deck(folder / id_)
    if own is None:
        new_language = language or guess_language(texts)
        title = Text(**{new_language: _one_line(read.title)})
        own = OwnDeck(folder / id_, DeckHead(title=title, language=new_language))
    if language not in (None, own.head.language):
        raise DeckNameUnusable(
            f"The deck {id_} is asked in another language ({own.head.language}).",
            remedy="Omit --language, or name another deck with --deck.",
        )
    topics, problems = read_topics(folder)
    drafter = Drafter([*bank_texts, *texts])
    plan = _Planner(own, file.name, drafter, None if problems else topics).plan(read)
    if deck is None and own.sections and not (plan.changed or plan.unchanged or plan.kept):
        raise DeckNameUnusable(  # it only happens to have the file's name
            f"You already have a deck {id_}, and it has none of the questions in {plan.file}.",
            remedy=f"Add them to it with --deck {id_}, or make another deck: --deck {id_}-2.",
        )
    return plan


def _require_notes(read: ReadNotes, file: Path) -> None:
    if read.notes:
        return
    name = printable(file.name)
    if not read.unusable:
        remedy = "docs/importing.md shows what a file can look like."
        if file.suffix.casefold() in (".md", ".markdown"):
            remedy = (
                "Write questions as headings with the answer below, or as `question :: answer`."
            )
        raise NotesUnreadable(f"{name} has no questions.", remedy=remedy)
    first, count = read.unusable[0], len(read.unusable)
    subject = "it cannot" if count == 1 else "none of them can"
    end = "" if first.reason.endswith("?") else "."
    raise NotesUnreadable(
        f"{name} has {count_of(count, 'note')}, and {subject} be used.",
        remedy=f"The first is {first.place}: {first.reason}{end}",
    )


def _usable_id(given: str | None, name: str, taken: Collection[str]) -> str:
    id_ = deck_id(name) if given is None else given
    if not id_:
        message = f"No deck id can be made from the name {printable(name)}."
        raise DeckNameUnusable(message, remedy="Choose one: --deck my-deck.")
    require_usable_id(id_, "--deck my-deck")
    if id_ in taken:
        message = f"A built-in deck has the id {id_}."
        raise DeckNameUnusable(message, remedy=f"Choose another: --deck my-{id_}.")
    return id_


def _one_line(text: str) -> str:
    """A title or a file's name as a line that the bank accepts."""
    return cleaned(text).replace("\n", " ")[:_LONGEST_LINE].rstrip() or "?"


class _Planner:
    """Compares notes with a deck, and drafts the questions that are new or have changed."""

    def __init__(
        self, deck: OwnDeck, file: str, drafter: Drafter, topics: Mapping[str, Text] | None
    ) -> None:
        self._deck = deck
        self._file = _one_line(file)
        self._drafter = drafter
        self._topics = topics

    def plan(self, read: ReadNotes) -> Import:
        ids = _question_ids(self._deck, read.notes, self._file)
        sections: dict[str, list[Question]] = {}
        changed: list[Question] = []
        unchanged: list[str] = []
        kept: list[str] = []
        for note in read.notes:
            id_ = ids[note.key]
            question = self._deck.questions.get(id_)
            if question is None:
                title = note.section[:_LONGEST_LINE].strip()
                sections.setdefault(title, []).append(self._draft(note, id_))
            elif question.source is None or question.drafted is not True:  # a student's own work
                kept.append(id_)
            elif (
                question.prompt.to(self._language) == note.prompt
                and question.answer.to(self._language) == note.answer
            ):
                unchanged.append(id_)
            else:
                changed.append(self._draft_again(note, question))
        in_file = set(ids.values())
        gone = tuple(
            id_
            for id_, question in self._deck.questions.items()
            if id_ not in in_file and question.source and question.source.seed == self._file
        )
        return Import(
            file=self._file,
            deck=self._deck,
            sections=sections,
            changed=tuple(changed),
            unchanged=tuple(unchanged),
            kept=tuple(kept),
            gone=gone,
            unusable=read.unusable,
            media=read.media,
        )

    @property
    def _language(self) -> Language:
        return self._deck.head.language

    def _text(self, text: str) -> Text:
        return Text(**{self._language: text})

    def _draft(self, note: Note, id_: str) -> Question:
        prompt = self._text(note.prompt)
        asked_for = self._text(note.asked_for or note.answer)
        return Question(
            id=id_,
            source=Source(seed=self._file, at=note.place[:_LONGEST_LINE]),
            topics=tuple(filter(self._is_topic, dict.fromkeys(note.tags))),
            prompt=prompt,
            rubric=self._drafter.rubric(asked_for, prompt),
            answer=self._text(note.answer),
            drafted=True,
        )

    def _draft_again(self, note: Note, question: Question) -> Question:
        """The question with the file's new texts; everything else in it stays."""
        fresh = self._draft(note, question.id)
        fields = ("source", "prompt", "answer", "rubric")
        return question.model_copy(update={name: getattr(fresh, name) for name in fields})

    def _is_topic(self, tag: str) -> bool:
        is_name = len(tag) <= _LONGEST_TOPIC and re.fullmatch(SLUG, tag) is not None
        return is_name and (self._topics is None or tag in self._topics)


# --- matching notes with questions


def _question_ids(deck: OwnDeck, notes: Sequence[Note], file: str) -> dict[str, str]:
    """The id of each note's question, by the note's key.

    A note with an unknown key takes an existing question that no other note has, in this order: one
    with the same prompt, since some programs renumber notes with each export; for a further card of
    an Anki note, the one that belongs to the question of its first card; one from the same `file`
    with the same answer, whose prompt was reworded. Otherwise the question is new.
    """
    ids = {note.key: f"{deck.folder.name}.{note.key}" for note in notes}
    matched = set(ids.values())
    unmatched = {id_: question for id_, question in deck.questions.items() if id_ not in matched}
    new = {note.key: note for note in notes if ids[note.key] not in deck.questions}

    def match(candidates: Mapping[str, str]) -> None:
        for key, id_ in candidates.items():
            if id_ in unmatched:
                ids[key] = id_
                del unmatched[id_], new[key]

    language = deck.head.language
    match(
        _same_text(
            {key: key_of_prompt(note.prompt) for key, note in new.items()},
            {id_: key_of_prompt(one.prompt.to(language)) for id_, one in unmatched.items()},
        )
    )
    match({key: _sibling(key, ids) for key in new})
    match(
        _same_text(
            {key: note.answer for key, note in new.items() if len(note.answer) >= _DISTINCTIVE},
            {
                id_: one.answer.to(language)
                for id_, one in unmatched.items()
                if one.source and one.source.seed == file
            },
        )
    )
    return ids


def _same_text(notes: Mapping[str, str], questions: Mapping[str, str]) -> dict[str, str]:
    """The id of the question with a note's text, by the note's key, if no others have that text."""
    by_text: dict[str, list[str]] = {}
    for id_, text in questions.items():
        by_text.setdefault(text, []).append(id_)
    counts = Counter(notes.values())
    return {
        key: by_text[text][0]
        for key, text in notes.items()
        if counts[text] == 1 and len(by_text.get(text, ())) == 1
    }


def _sibling(key: str, ids: Mapping[str, str]) -> str:
    """The id that the question of a note's further card would have, given that of its first."""
    first, _, card = key.partition(".")
    return f"{ids.get(first)}.{card}"


# --- writing


def carry_out(plan: Import) -> tuple[Path, ...]:
    """Write the files that change, and return them. Raises DeckNotWritable, ProfileNotWritable."""
    changed = {question.id: question for question in plan.changed}
    files = changed_files(plan.deck, changed, plan.sections)
    write_files(files)
    return tuple(files)

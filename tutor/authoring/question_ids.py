"""Which question of a deck each note of a file is, when the file is imported again."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from tutor.authoring.deck_writer import OwnDeck
from tutor.authoring.notes import Note, key_of_prompt
from tutor.bank import Question

_TELLING = 20
"""Characters of an answer that no other question is likely to have."""


def question_ids(deck: OwnDeck, notes: Sequence[Note], file: str) -> dict[str, str]:
    """The question's id for every note's key: the deck's, and the key, where the note is new.

    A note whose own id is new is a question that no other note is: one with the same prompt, since
    some programs number notes anew with each export; then the other cards of its note in Anki; then
    one of the same `file` with the same answer, whose prompt was worded anew.
    """
    ids = {note.key: f"{deck.folder.name}.{note.key}" for note in notes}
    own = set(ids.values())
    left = {id_: question for id_, question in deck.questions.items() if id_ not in own}
    new = {note.key: note for note in notes if ids[note.key] not in deck.questions}

    def match(found: Mapping[str, str]) -> None:
        for key, id_ in found.items():
            if id_ in left:
                ids[key] = id_
                del left[id_], new[key]

    language = deck.head.language
    match(
        _alike(new, left.values(), lambda one: key_of_prompt(one.prompt.to(language)), _by_prompt)
    )
    match({key: _sibling(key, ids) for key in new})
    from_here = [one for one in left.values() if one.source and one.source.seed == file]
    match(_alike(new, from_here, lambda one: _telling(one.answer.to(language)), _by_answer))
    return ids


def _alike(
    notes: Mapping[str, Note],
    questions: Iterable[Question],
    of_question: Callable[[Question], str],
    of_note: Callable[[Note], str],
) -> dict[str, str]:
    """The id of the one question for each note that has what no other note or question has."""
    by_text: dict[str, list[str]] = {}
    for question in questions:
        by_text.setdefault(of_question(question), []).append(question.id)
    counts = Counter(map(of_note, notes.values()))
    return {
        key: by_text[text][0]
        for key, note in notes.items()
        if (text := of_note(note)) and counts[text] == 1 and len(by_text.get(text, ())) == 1
    }


def _by_prompt(note: Note) -> str:
    return key_of_prompt(note.prompt)


def _by_answer(note: Note) -> str:
    return _telling(note.answer)


def _telling(answer: str) -> str:
    return answer if len(answer) >= _TELLING else ""


def _sibling(key: str, ids: Mapping[str, str]) -> str:
    """What the question of a note's further card would be called, given that of its first."""
    first, _, card = key.partition(".")
    return f"{ids.get(first)}.{card}"

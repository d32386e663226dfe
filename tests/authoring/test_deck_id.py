"""Making a deck's id from a name, and guessing its language from texts."""

import pytest

from tutor.authoring.deck_id import DeckNameUnusable, deck_id, guess_language, require_usable_id


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("Genetics 101", "genetics-101"),
        ("Größe & Maß", "groesse-mass"),
        ("Café à Évry", "cafe-a-evry"),
        ("Щука и ёж", "shchuka-i-ezh"),
        ("Їжак", "yizhak"),
        ("细胞生物学", "deck-c3e3"),
        ("高数 2 笔记", "2-d079"),
        ("../../etc/passwd", "etc-passwd"),
        ("x" * 100, "x" * 40),
        ("word " * 20, "word-word-word-word-word-word-word-word"),
        ("🎉", ""),
    ],
)
def test_ids_from_names(name: str, id_: str) -> None:
    assert deck_id(name) == id_


@pytest.mark.parametrize("id_", ["", "A", "a_b", "../x", "a.b", "-a", "a" * 41])
def test_ids_that_cannot_be(id_: str) -> None:
    with pytest.raises(DeckNameUnusable):
        require_usable_id(id_)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What is the cell?", "en"),
        ("Was ist die Zelle?", "de"),
        ("Fläche", "de"),
        ("Что такое клетка (cell)?", "ru"),
        ("什么是 Transformer 的注意力机制？", "zh"),
        ("x = 1", "en"),
        ("", "en"),
    ],
)
def test_the_language_of_texts(text: str, language: str) -> None:
    assert guess_language([text]) == language

"""Updates the list of words that key terms know: `python -m bench.known_words`.

It contains all words of the bank's prompts, model answers, points and complete terms that are long
enough to be mistyped (`tutor/grading/keyterms/typos.py`). A slightly outdated list does no harm.
"""

from collections.abc import Iterator

from bench.shared import our_bank
from tutor.bank import Bank, Question
from tutor.grading.keyterms.typos import KNOWN, SHORTEST
from tutor.grading.text import is_chinese, tokens


def known_words(bank: Bank) -> list[str]:
    """The words of all questions, sorted."""
    questions = map(bank.question, bank.question_ids)
    texts = (text for question in questions for text in _texts(question))
    return sorted({word for text in texts for word in tokens(text) if _counts(word)})


def _texts(question: Question) -> Iterator[str]:
    for text in (question.prompt, question.answer, *(point.point for point in question.rubric)):
        yield from text.by_language().values()
    for point in question.rubric:
        for terms in (*point.terms, point.contradicted_by):
            yield from (word for term in terms for word in term.split() if "*" not in word)


def _counts(word: str) -> bool:
    return len(word) >= SHORTEST and word.isalpha() and not is_chinese(word)


if __name__ == "__main__":
    bank = our_bank()
    KNOWN.write_text("\n".join(known_words(bank)) + "\n", encoding="utf-8")

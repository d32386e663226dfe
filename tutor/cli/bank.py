"""`tutor bank check, stats, list, show, anki`: reads decks and questions."""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tutor.authoring import DRAFTED
from tutor.bank import Bank, DeckInfo, Language, Problem, open_bank
from tutor.cli.options import (
    AsJson,
    DeckId,
    DeckLanguage,
    Force,
    InLanguage,
    QuestionId,
    deck_option,
    group,
)
from tutor.cli.output import STANDARD, print_json, print_table, read_file, write_file
from tutor.cli.terminal import harmless, standard_output
from tutor.clock import utc_now
from tutor.formatting import count_of, one_line, printable
from tutor.paths import find_paths

if TYPE_CHECKING:
    from tutor.bank import Question

app = group("List, check, make, edit and share decks.")


YOUR_COPY = "your copy"
"""Marks a deck that is the student's copy of a built-in one."""


@app.command("check")
def check_command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="DECK|PATH", help="Ids of decks, their folders, or single files."),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 for warnings too.")] = False,
    against: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="A text whose wording must not be copied; repeatable."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check decks for errors and gaps.

    Without DECK or PATH, checks the built-in decks and your own. Exits with 1 if there is an
    error.
    """
    from tutor.bank import check
    from tutor.encodings import decode
    from tutor.grading.author_checks import author_checks

    folders = [folder for folder in find_paths(os.environ).questions if folder.exists()]
    chosen = [_deck_or_path(path, folders) for path in paths or ()] or folders
    documents = [decode(read_file(file), file) for file in against or ()]
    problems = check(chosen, documents=documents, more=author_checks, as_opened=not paths)
    copies = [] if paths else [deck for deck in open_decks().decks if deck.replaces]
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = len(problems) - errors
    if as_json:
        print_json(
            {
                "problems": [_problem_data(problem) for problem in problems],
                "errors": errors,
                "warnings": warnings,
                "copies": [deck.id for deck in copies],
            },
            indent=2,
        )
    else:
        print_problems(problems)
    for deck in copies:
        typer.echo(f"{deck.id} is your copy of the built-in deck", err=True)
    typer.echo(f"{count_of(errors, 'error')}, {count_of(warnings, 'warning')}", err=True)
    if errors or (strict and warnings):
        raise typer.Exit(1)


def _deck_or_path(named: Path, folders: Sequence[Path]) -> Path:
    """The folder of the deck with this id, else the path itself."""
    if named.exists() or named.name != str(named):
        return named
    decks = (folder / named for folder in reversed(folders))
    return next((deck for deck in decks if deck.is_dir()), named)


@app.command("stats")
def stats_command(
    deck: Annotated[str | None, deck_option("This deck's questions only.")] = None,
    as_json: AsJson = False,
) -> None:
    """Count questions, points and sample answers.

    Counts by deck, language, kind and split. `touched` is the share of the term groups of missed
    points that the answers contain; `teaching` is the share of missed points with at least half of
    their groups in the answer.
    """
    from tutor.evaluation import count_samples

    bank = open_decks()
    chosen = [bank.deck(deck)] if deck is not None else bank.decks
    decks = [
        {
            "deck": info.id,
            "questions": len(info.questions),
            "points": sum(len(bank.question(question.id).rubric) for question in info.questions),
            "samples": sum(question.samples for question in info.questions),
        }
        for info in chosen
    ]
    samples = [
        {"by": part, "name": name, **row.as_row()}
        for part, rows in count_samples(bank, [info.id for info in chosen]).items()
        for name, row in rows.items()
    ]
    if as_json:
        print_json({"decks": decks, "samples": samples}, indent=2)
        return
    for rows in (decks, samples):
        if rows:
            print_table([[*rows[0]], *(list(row.values()) for row in rows)])
        typer.echo("")


@app.command("list")
def list_command(
    deck: Annotated[str | None, deck_option("List this deck's questions.")] = None,
    language: Annotated[
        Language | None,
        typer.Option("--language", help="The language of the titles. Default: one that you read."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the decks, or the questions of one.

    A terminal shows a table, in which long ids are shortened; every command accepts the short ones.
    In a pipe the columns are separated by tabs.
    """
    bank = open_decks()
    if deck is None and as_json:
        print_json({"decks": [_deck_data(info) for info in bank.decks]}, indent=2)
    elif deck is None:
        _list_decks(bank, language)
    elif as_json:
        info = bank.deck(deck)
        print_json({**_deck_data(info), "questions": list(_question_data(info))}, indent=2)
    else:
        _list_questions(bank, bank.deck(deck), language)


@app.command("show")
def show_command(id_: QuestionId, language: InLanguage = None, as_json: AsJson = False) -> None:
    """Show a question, its rubric and its answer.

    Also shows its hints, its references and the author's note.
    """
    bank = open_decks()
    id_ = bank.full_id(id_)
    question = bank.question(id_)
    if as_json:
        print_json(question.model_dump(mode="json", exclude_none=True), indent=2)
        return
    deck = bank.deck_of(id_)
    preferred = _languages(language, deck)
    shown_in = next((each for each in preferred if each in question.languages), deck.language)
    typer.echo(harmless("\n".join(_question_lines(question, shown_in))))


@app.command("anki")
def anki_command(
    deck: DeckId,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Default: DECK.apkg.")
    ] = None,
    language: DeckLanguage = None,
    force: Force = False,
) -> None:
    """Write a deck as an Anki package.

    Each note has the prompt, rubric, model answer and references. To update the notes, import a
    newer package, in any language; Anki keeps your scheduling.
    """
    from tutor.bank.anki import to_apkg

    bank = open_decks()
    info = bank.deck(deck)
    questions = [bank.question(question.id) for question in info.questions]
    file = out or Path(f"{info.id}.apkg")
    data = to_apkg(info, questions, language or info.language, utc_now())
    write_file(file, data, force=force)
    if file != STANDARD:
        typer.echo(file)
    typer.echo(count_of(len(questions), "note"), err=True)


def open_decks() -> Bank:
    """Open the bank; report on standard error how many problems it has."""
    paths = find_paths(os.environ)
    bank = open_bank(paths.questions, paths.bank_cache)
    if bank.problems:
        problems = count_of(len(bank.problems), "problem")
        typer.echo(f"{problems} in the decks; `tutor bank check` lists them.", err=True)
    return bank


def _languages(language: Language | None, deck: DeckInfo) -> tuple[Language, ...]:
    """The languages to show a deck's texts in, the preferred first."""
    from tutor.profile import Profile
    from tutor.study.preferences import languages_for

    reads = Profile(os.environ, {}).languages
    return (language,) if language else languages_for(deck.language, reads)


def print_problems(problems: Sequence[Problem]) -> None:
    """Print each problem and its remedy."""
    for problem in problems:
        typer.echo(f"{problem.severity}: {problem}")
        if problem.remedy:
            typer.echo(f"    {problem.remedy}")


def say_if_not_on_today(deck: str, *languages: Language) -> None:
    """Explain on standard error why Today does not list a new deck in these languages, if so."""
    from tutor.profile import Profile
    from tutor.settings import SettingsInvalid
    from tutor.study.preferences import preferences_of

    with suppress(SettingsInvalid):  # Today itself reports that
        preferences = preferences_of(Profile(os.environ, {}).settings, os.environ)
        if words := preferences.left_out_words(deck, languages):
            typer.echo(words, err=True)


def _problem_data(problem: Problem) -> dict[str, str | int]:
    return {
        "severity": problem.severity,
        "file": printable(str(problem.file)),
        "line": problem.line,
        "field": problem.field,
        "message": problem.message,
        "remedy": problem.remedy,
    }


def _deck_data(deck: DeckInfo) -> dict[str, Any]:
    return {
        "id": deck.id,
        "title": deck.title.by_language(),
        "language": deck.language,
        "languages": deck.languages,
        "questions": len(deck.questions),
        "copy": deck.replaces is not None,
    }


def _list_decks(bank: Bank, language: Language | None) -> None:
    rows: list[tuple[object, ...]] = []
    for deck in bank.decks:
        title = _plain(deck.title.to(*_languages(language, deck)))
        count, languages = len(deck.questions), " ".join(deck.languages)
        mark = (YOUR_COPY,) if deck.replaces else ()
        if standard_output().width is None:
            rows.append((deck.id, count_of(count, "question"), languages, title, *mark))
        else:
            named = f"{title} ({YOUR_COPY})" if mark else title
            rows.append((deck.id, count, languages, named))
    _print_rows(("deck", "questions", "languages", "title"), rows)


def _list_questions(bank: Bank, deck: DeckInfo, language: Language | None) -> None:
    preferred, short = _languages(language, deck), bank.short_ids(deck.id)
    rows: list[tuple[str, ...]] = []
    for info in deck.questions:
        languages = " ".join(info.languages)
        prompt = _plain(bank.question(info.id).prompt.to(*preferred))
        if standard_output().width is None:
            section = _plain(info.section.title.to(*preferred))
            rows.append((info.id, info.level, languages, section, prompt))
        else:
            rows.append((short[info.id], info.level, languages, prompt))
    _print_rows(("question", "level", "languages", "prompt"), rows)


def _print_rows(heading: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table in a terminal; in a pipe, only the rows, with tabs."""
    width = standard_output().width
    if width is None:
        for row in rows:
            typer.echo("\t".join(map(str, row)))
    elif rows:
        print_table([heading, *rows], cut_at=width)


def _question_data(deck: DeckInfo) -> Iterator[dict[str, Any]]:
    for question in deck.questions:
        yield {
            "id": question.id,
            "section": question.section.title.by_language(),
            "topics": question.topics,
            "level": question.level,
            "languages": question.languages,
            "samples": question.samples,
            "file": printable(str(question.file)),
            "line": question.line,
        }


def _question_lines(question: "Question", language: Language) -> Iterator[str]:
    yield f"{question.id} ({question.level})"
    yield from ("", question.prompt.to(language))
    if question.cover is not None:
        yield question.cover.to(language)
    yield from ("", "Rubric")
    for point in question.rubric:
        yield f"- {point.id} ({point.weight:g}): {_plain(point.criterion(language))}"
    if question.drafted:
        yield DRAFTED
    if question.hints:
        yield from ("", "Hints", *(f"- {_plain(hint.to(language))}" for hint in question.hints))
    yield from ("", "Model answer", question.answer.to(language))
    if question.references:
        yield from ("", "References", *(f"- {reference}" for reference in question.references))
    if question.source:
        yield from ("", f"Source: {question.source.seed}, {question.source.at}")
    if question.note:
        yield from ("", "Note", question.note.to(language))


def _plain(text: str) -> str:
    return printable(one_line(text))

"""`tutor bank new, edit, copy, diff, revert, remove`: changes your own decks and copies."""

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from tutor.bank import Bank, Language
from tutor.cli.bank import app, open_decks, print_problems, say_if_not_on_today
from tutor.cli.options import AsJson, DeckId
from tutor.cli.output import print_json
from tutor.clock import utc_now
from tutor.formatting import count_of, printable
from tutor.paths import find_paths

if TYPE_CHECKING:
    from tutor.authoring.editing import QuestionEdit

_SIGNS = {
    "changed": "you changed",
    "added": "only in yours",
    "removed": "only in ours",
    "outdated": "ours changed",
}


@app.command("new")
def new_command(
    deck: Annotated[
        str, typer.Argument(metavar="DECK", help="The new deck's id, such as my-deck.")
    ],
    title: Annotated[str, typer.Option("--title", metavar="TEXT", help="The deck's title.")],
    language: Annotated[
        Language, typer.Option("--language", help="The language of its questions.")
    ],
) -> None:
    """Make a deck of your own.

    Makes it in your profile, with one example question, and prints its folder. Comments in the
    example say what each part is for. Replace it with your own questions.
    """
    from tutor.authoring.new_deck import new_deck

    paths = find_paths(os.environ)
    typer.echo(new_deck(deck, title, language, open_decks(), paths))
    say_if_not_on_today(deck, language)


@app.command("edit")
def edit_command(
    question: Annotated[
        str, typer.Argument(metavar="QUESTION", help="A question's id, or its beginning.")
    ],
) -> None:
    """Open a question in your editor.

    The editor is the command in VISUAL or EDITOR. When you save, the text is checked. A text with
    mistakes does not replace the question; it is kept, and the next `tutor bank edit` continues
    with it. A built-in deck is copied into your profile first; the copy is used from then on.
    """
    from tutor.authoring.editing import begin_edit, drop_edit, save_edit, saved_words
    from tutor.authoring.editor_command import find_editor

    paths, bank = find_paths(os.environ), open_decks()
    edit = begin_edit(bank, bank.full_id(question), paths, utc_now())
    editor = find_editor(os.environ)
    line = edit.line
    if edit.resumed:
        typer.echo("You continue with your earlier text, which is not saved yet.", err=True)
    while True:
        editor.run(edit.draft, line)
        if edit.is_unchanged():
            drop_edit(edit)
            typer.echo("Nothing was changed.", err=True)
            return
        problem_line = _check(edit, bank)
        if problem_line is None:
            break
        line = problem_line
    saved = save_edit(edit, paths, utc_now())
    typer.echo(saved.file)
    typer.echo(" ".join(saved_words(saved)), err=True)


def _check(edit: "QuestionEdit", bank: Bank) -> int | None:
    """The line at which to edit again; None if the text can be saved."""
    from tutor.authoring.editing import check_edit

    result = check_edit(edit, bank)
    problems = result.errors or result.remarks
    if not problems:
        return None
    print_problems(problems)
    if sys.stdin.isatty():
        if typer.confirm("Edit again?", default=True):
            return problems[0].line
        if not result.errors and typer.confirm("Save it as it is?", default=False):
            return None
    elif not result.errors:
        return None  # nobody can be asked, and the bank can read it
    typer.echo(f"Not saved. Your text is kept in {edit.draft}", err=True)
    raise typer.Exit(1)


@app.command("copy")
def copy_command(deck: DeckId) -> None:
    """Copy a built-in deck, to change it.

    Prints the copy's folder. Your copy is used from then on. `tutor bank diff` shows what you
    changed, `tutor bank revert` goes back to the built-in deck.
    """
    from tutor.authoring.copies import copy_deck, is_own

    paths = find_paths(os.environ)
    original = open_decks().deck(deck)
    if is_own(original, paths):
        typer.echo(original.folder)
        typer.echo("This deck is already in your profile.", err=True)
        return
    typer.echo(copy_deck(original, paths))


@app.command("diff")
def diff_command(
    deck: Annotated[
        str | None, typer.Argument(metavar="DECK", help="This deck only. Default: all copies.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare your copies with the built-in decks.

    Compares question by question: lines with - are ours, lines with + are yours. Also says which of
    our questions have changed since you made the copy.
    """
    from tutor.authoring.copies import changes_of

    bank = open_decks()
    copies = [bank.deck(deck)] if deck else [info for info in bank.decks if info.replaces]
    by_deck = {copy.id: changes_of(copy) for copy in copies}
    if as_json:
        decks = [
            {"deck": id_, "questions": [change.model_dump(mode="json") for change in changes]}
            for id_, changes in by_deck.items()
        ]
        print_json({"decks": decks}, indent=2)
        return
    for id_, changes in by_deck.items():
        for change in changes:
            both = change.ours_changed and change.kind == "changed"
            also = "; ours changed too" if both else ""
            typer.echo(f"{change.question}: {_SIGNS[change.kind]}{also}")
            for line in change.diff[2:]:
                typer.echo(f"    {printable(line)}")
        verb = "differs" if len(changes) == 1 else "differ"
        typer.echo(f"{id_}: {count_of(len(changes), 'question')} {verb}", err=True)
    if not by_deck:
        typer.echo("You have no copy of a built-in deck.", err=True)


@app.command("revert")
def revert_command(
    what: Annotated[
        str, typer.Argument(metavar="DECK|QUESTION", help="A copied deck, or one question of it.")
    ],
) -> None:
    """Go back to a built-in deck or question.

    A deck that you revert is kept in your profile under a hidden name, which is printed.
    """
    from tutor.authoring.copies import revert_deck, revert_question

    bank = open_decks()
    if "." in what:  # ids of decks have no dot
        typer.echo(revert_question(bank, bank.full_id(what)))
    else:
        typer.echo(revert_deck(bank.deck(what), utc_now()))


@app.command("remove")
def remove_command(deck: DeckId) -> None:
    """Remove a deck of your own.

    Its folder is kept in your profile under a hidden name, which is printed: give it its old name
    to have the deck again. Your progress is kept too.
    """
    from tutor.authoring.copies import remove_deck

    typer.echo(remove_deck(open_decks().deck(deck), find_paths(os.environ), utc_now()))

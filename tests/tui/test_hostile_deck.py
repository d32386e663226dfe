"""A deck of notes whose texts look like markup."""

from pathlib import Path

from tests.tui.doubles import StubTutor
from tests.tui.steps import asking, judge, picture
from tutor.authoring.importing import carry_out, plan_import
from tutor.authoring.readers import read_notes
from tutor.bank import open_bank
from tutor.paths import Paths

MARKUP = "[red]Why[/red] [/nope] [@click=app.quit]x[/] $x"


async def test_texts_are_shown_as_they_are(tmp_path: Path, tutor: StubTutor, paths: Paths) -> None:
    file = tmp_path / "[bold] [nope].csv"
    file.write_text(f"front,back\n{MARKUP}?,So {MARKUP}.\n", encoding="utf-8")
    notes = read_notes(file)
    carry_out(plan_import(notes, file, paths.own_questions, taken=(), bank_texts=()))
    tutor.bank = open_bank([paths.own_questions], None)
    async with asking(tutor, size=(100, 40)) as (app, pilot, _):
        assert f"{MARKUP}?" in picture(app)
        assert "[bold] [nope]" in picture(app)
        await judge(pilot)
        assert "So [red]Why[/red] [/nope]" in picture(app)
        assert "[@click=app.quit]x[/] $x." in picture(app)

"""Notes are imported, studied, changed where they were written, and imported again."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run

NOTES = {
    "1": ("What is ATP?", "The molecule that carries energy in a cell."),
    "2": ("What is DNA?", "A molecule of two strands that stores the genes."),
}


def written(tmp_path: Path, notes: dict[str, tuple[str, str]]) -> str:
    file = tmp_path / "cells.csv"
    rows = [f"{id_},{prompt},{answer}" for id_, (prompt, answer) in notes.items()]
    file.write_text("\n".join(["id,front,back", *rows]), encoding="utf-8")
    return str(file)


@pytest.mark.usefixtures("cached")
def test_progress_stays_with_the_question(run: Run, tmp_path: Path) -> None:
    def cells() -> dict[str, int | float | str]:
        decks = run("progress", "show", "--json").json["decks"]
        found: dict[str, int | float | str] = next(one for one in decks if one["deck"] == "cells")
        return found

    assert run("bank", "import", written(tmp_path, NOTES)).code == 0
    answers = "It is the molecule that carries energy in a cell.\n.\nNo idea.\n.\n"
    assert run("ask", "--deck", "cells", "--grader", "terms", stdin=answers).code == 0
    before = cells()
    assert (before["questions"], before["answered"], before["mastery"]) == (2, 2, 0.5)

    changed = {
        "1": ("What is ATP in a cell?", "Adenosine triphosphate carries its energy."),
        "2": NOTES["2"],
        "3": ("What is RNA?", "A copy of a gene in one strand."),
    }
    ran = run("bank", "import", written(tmp_path, changed), "--json").json
    assert (ran["new"], ran["changed"]) == (["cells.3"], ["cells.1"])
    after = cells()
    assert (after["questions"], after["answered"]) == (3, 2)
    assert after["mastery"] == round(1 / 3, 4)
    attempts = run("progress", "export").out
    assert attempts.count('"cells.1"') >= 1
    shown = run("bank", "show", "cells.1").out
    assert "Adenosine triphosphate" in shown

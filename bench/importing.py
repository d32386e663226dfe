"""Measures the time and memory of an import by its number of notes.

`python -m bench.importing [COUNT...]` imports tables of so many notes (default: 1,000, 10,000 and
50,000) into an empty profile, then the same tables again with every tenth answer changed. Each
import is a process, measured from its start to its end.
"""

import argparse
import random
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.shared import our_bank, print_table, run_tutor

_CHANGED = 10


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.importing")
    parser.add_argument("counts", nargs="*", type=int, default=[1_000, 10_000, 50_000])
    sentences = _sentences()
    rows = []
    for count in parser.parse_args().counts:
        with tempfile.TemporaryDirectory() as folder:
            table = Path(folder) / "notes.csv"
            for what, changed in (("new", None), ("again, a tenth changed", _CHANGED)):
                table.write_text("\n".join(_lines(count, sentences, changed)), encoding="utf-8")
                rows.append([f"{count:,}", what, *_imported(table, Path(folder) / "home")])
    print_table(["notes", "import", "s", "s of a processor", "ms a note", "most MiB"], rows)


def _sentences() -> Sequence[str]:
    """Sentences from our own model answers."""
    bank = our_bank()
    answers = (bank.question(id_).answer.by_language().get("en", "") for id_ in bank.question_ids)
    return [each for answer in answers for each in answer.replace("\n", " ").split(". ") if each]


def _lines(count: int, sentences: Sequence[str], changed: int | None) -> Iterator[str]:
    """A table of notes, the same each time except that every `changed`th answer differs."""
    source = random.Random(0)
    yield "id;front;back"
    for number in range(1, count + 1):
        answer = ". ".join(source.choices(sentences, k=source.randint(1, 3))).replace('"', "'")
        more = " It was changed." if changed and number % changed == 0 else ""
        yield f'{number};What is thing {number}?;"{answer}.{more}"'


def _imported(table: Path, home: Path) -> list[str]:
    """Seconds, CPU seconds, CPU milliseconds per note, and the peak memory.

    On a machine with other work only the CPU times can be compared.
    """
    count = table.read_text(encoding="utf-8").count("\n")
    spent = run_tutor(home, "bank", "import", str(table))
    each, memory = f"{spent.cpu * 1000 / count:.2f}", f"{spent.memory / 2**20:.0f}"
    return [f"{spent.seconds:.1f}", f"{spent.cpu:.1f}", each, memory]


if __name__ == "__main__":
    main()

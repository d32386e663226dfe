"""Makes the packages in `packages/` with Anki's own library, in both of its versions.

Anki is not among the project's dependencies. To make the packages again:

    python -m venv anki && anki/bin/pip install anki && anki/bin/python make_packages.py

Each is packed again with compression: Anki stores the notice for its older versions as it is.
"""

import tempfile
import zipfile
from pathlib import Path

from anki.collection import Collection, ExportAnkiPackageOptions

FOLDER = Path(__file__).parent / "packages"
NOTES: tuple[tuple[str, tuple[str, ...], list[str]], ...] = (
    (
        "Basic",
        (
            "What is <b>DNA</b>?",
            "A molecule of two strands.<br>It stores the genes."
            '<img src="dna.png">[sound:dna.mp3]<script>alert(1)</script>',
        ),
        ["genetics", "Exam::2024"],
    ),
    ("Basic (and reversed card)", ("mitochondrion", "the organelle that makes ATP"), []),
    (
        "Cloze",
        (
            r"Water is {{c1::H<sub>2</sub>O::its formula}} and boils at {{c2::100 °C}}.",
            r"At \(p = 1\,\mathrm{bar}\).",
        ),
        [],
    ),
    ("Basic (type in the answer)", ("How many chromosomes has a human cell?", "46"), []),
    ("Basic", ("What does it look like?", '<img src="cell.jpg">'), []),
)


def main() -> None:
    """Make every package."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "collection.anki2")
        collection = Collection(path)
        fill(collection)
        for name, legacy in (("schema-11", True), ("schema-18", False)):
            options = ExportAnkiPackageOptions(
                with_scheduling=False, with_deck_configs=False, with_media=False, legacy=legacy
            )
            target = str(FOLDER / f"{name}.apkg")
            collection.export_anki_package(out_path=target, options=options, limit=None)
            pack(Path(target))
            target = str(FOLDER / f"{name}.colpkg")
            collection.export_collection_package(target, include_media=False, legacy=legacy)
            pack(Path(target))
            collection = Collection(path)  # an export of the whole closes it
        collection.close()


def fill(collection: Collection) -> None:
    """Add the notes."""
    deck = collection.decks.id("Biology::Cells")
    for kind, fields, tags in NOTES:
        note = collection.new_note(collection.models.by_name(kind))
        note.fields[: len(fields)] = fields
        note.tags = tags
        collection.add_note(note, deck)


def pack(file: Path) -> None:
    """The same members, compressed."""
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


if __name__ == "__main__":
    main()

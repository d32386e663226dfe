"""The compiled bank: fast, private, and never the cause of an error or wrong content."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.banks import edit, make_deck, question_yaml
from tutor.bank import Bank, BankError, open_bank
from tutor.bank import bank as bank_module
from tutor.bank import compiler as compile_module
from tutor.bank.cache import Store, body_key
from tutor.bank.outline import Parsed, parse
from tutor.bank.source_files import Kind

Contents = tuple[object, ...]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    make_deck(tmp_path / "questions" / "alpha", sections=2)
    make_deck(tmp_path / "questions" / "beta")
    return tmp_path / "questions"


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "home" / "cache" / "bank.sqlite"


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are parsed during the test."""
    names: list[str] = []

    def recording(file: Path, kind: Kind) -> Parsed:
        names.append(f"{file.parent.name}/{file.name}")
        return parse(file, kind)

    monkeypatch.setattr(compile_module, "parse", recording)
    return names


def contents(bank: Bank) -> Contents:
    questions = tuple(bank.question(id_) for id_ in bank.question_ids)
    samples = tuple(bank.samples(id_) for id_ in bank.question_ids)
    return bank.decks, bank.problems, questions, samples


def uncached(root: Path) -> Contents:
    return contents(open_bank([root], None))


def test_an_unchanged_bank_parses_nothing(root: Path, cache: Path, parsed: list[str]) -> None:
    open_bank([root], cache)
    assert len(parsed) == 8
    expected = uncached(root)
    parsed.clear()
    assert contents(open_bank([root], cache)) == expected
    assert parsed == []


def test_only_a_changed_file_is_parsed_again(root: Path, cache: Path, parsed: list[str]) -> None:
    open_bank([root], cache)
    parsed.clear()
    edit(root / "alpha" / "02-part.yaml", "doubled", "plus itself, so twice")
    bank = open_bank([root], cache)
    assert parsed == ["alpha/02-part.yaml"]
    assert "plus itself" in bank.question("alpha.2.1").prompt.to("en")
    assert "doubled" in bank.question("alpha.1.1").prompt.to("en")
    assert contents(open_bank([root], cache)) == uncached(root)


def test_an_edit_of_the_same_length_is_seen(root: Path, cache: Path) -> None:
    open_bank([root], cache)
    path = root / "beta" / "01-part.yaml"
    status = path.stat()
    edit(path, "doubled", "TIMES TWO")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1_000_000_000))
    assert "TIMES TWO" in open_bank([root], cache).question("beta.1.1").prompt.to("en")


def test_added_and_removed_files_are_noticed(root: Path, cache: Path, parsed: list[str]) -> None:
    open_bank([root], cache)
    parsed.clear()
    shutil.rmtree(root / "beta")
    remaining = open_bank([root], cache)
    assert parsed == []
    assert [deck.id for deck in remaining.decks] == ["alpha"]
    text = "section: {en: More}\nquestions:\n" + question_yaml("alpha.3.1")
    (root / "alpha" / "03-more.yaml").write_text(text, encoding="utf-8")
    assert "alpha.3.1" in open_bank([root], cache)
    assert parsed == ["alpha/03-more.yaml"]
    assert contents(open_bank([root], cache)) == uncached(root)
    with closing(sqlite3.connect(cache)) as connection:
        keys = [key for (key,) in connection.execute("SELECT key FROM entry")]
    assert not [key for key in keys if "beta" in key]
    assert len([key for key in keys if key.startswith("index:")]) == 1


def test_the_second_question_with_an_id_takes_over_when_the_first_is_removed(
    root: Path, cache: Path
) -> None:
    text = "section: {en: More}\nquestions:\n" + question_yaml("alpha.1.1", 99)
    (root / "alpha" / "03-more.yaml").write_text(text, encoding="utf-8")
    bank = open_bank([root], cache)
    assert len(bank.problems) == 1
    assert "What is 1 doubled" in bank.question("alpha.1.1").prompt.to("en")
    (root / "alpha" / "01-part.yaml").unlink()
    (root / "alpha" / "01-part.samples.yaml").unlink()
    bank = open_bank([root], cache)
    assert bank.problems == ()
    assert "What is 99 doubled" in bank.question("alpha.1.1").prompt.to("en")


def test_problems_are_cached_until_they_are_fixed(root: Path, cache: Path) -> None:
    path = root / "beta" / "01-part.yaml"
    edit(path, "level: explain", "level: hard")
    first = open_bank([root], cache)
    again = open_bank([root], cache)
    assert first.problems == again.problems
    assert [problem.line for problem in again.problems] == [6]
    edit(path, "level: hard", "level: derive")
    assert open_bank([root], cache).problems == ()


def test_another_program_version_compiles_again(
    root: Path, cache: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    open_bank([root], cache)
    parsed.clear()
    monkeypatch.setattr(bank_module, "__version__", "999.0")
    open_bank([root], cache)
    assert len(parsed) == 8


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_only_the_owner_can_read_the_cache(root: Path, cache: Path) -> None:
    cache.parent.mkdir(parents=True)
    (cache.parent / "bank.sqlite.x1.partial").write_bytes(b"left by a killed process")
    open_bank([root], cache)
    assert cache.stat().st_mode & 0o777 == 0o600
    assert cache.parent.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in cache.parent.iterdir()] == ["bank.sqlite"]


def changed(cache: Path, *statements: str) -> None:
    with closing(sqlite3.connect(cache)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def replaced_by_a_folder(cache: Path) -> None:
    cache.unlink()
    (cache / "inside").mkdir(parents=True)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "missing": Path.unlink,
    "empty": lambda cache: cache.write_bytes(b""),
    "garbage": lambda cache: cache.write_bytes(bytes(range(256)) * 64),
    "truncated": lambda cache: cache.write_bytes(cache.read_bytes()[:-8_192]),
    "other table": lambda cache: changed(cache, "DROP TABLE entry", "CREATE TABLE entry (x TEXT)"),
    "other types": lambda cache: changed(cache, "UPDATE entry SET body = 7"),
    "a folder": replaced_by_a_folder,
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_cache_is_rebuilt(
    root: Path, cache: Path, damage: Callable[[Path], object], parsed: list[str]
) -> None:
    open_bank([root], cache)
    damage(cache)
    parsed.clear()
    assert contents(open_bank([root], cache)) == uncached(root)
    assert parsed
    parsed.clear()
    assert contents(open_bank([root], cache)) == uncached(root)


@given(data=st.data())
def test_flipped_bytes_never_change_the_contents(
    root: Path, cache: Path, data: st.DataObject
) -> None:
    cache.unlink(missing_ok=True)
    bank = open_bank([root], cache)
    expected = uncached(root)
    good = cache.read_bytes()
    flips = data.draw(st.lists(st.integers(0, len(good) - 1), min_size=1, max_size=40))
    bad = bytearray(good)
    for place in flips:
        bad[place] ^= data.draw(st.integers(1, 255))
    cache.write_bytes(bad)
    assert contents(bank) == expected
    cache.write_bytes(bad)
    assert contents(open_bank([root], cache)) == expected
    assert contents(open_bank([root], cache)) == expected


def test_a_damaged_body_is_read_from_its_source_and_the_cache_dropped(
    root: Path, cache: Path
) -> None:
    bank = open_bank([root], cache)
    cache.write_bytes(cache.read_bytes().replace(b"What is 1 doubled", b"What is 7 doubled"))
    assert "What is 1 doubled" in bank.question("alpha.1.1").prompt.to("en")
    assert not cache.exists()
    assert len(bank.samples("alpha.1.1")) == 2


def test_invalid_bodies_are_read_from_their_source(root: Path, cache: Path) -> None:
    bank = open_bank([root], cache)
    section = str(root / "alpha" / "01-part.yaml")
    samples = str(root / "alpha" / "01-part.samples.yaml")
    rows = {
        section: {
            body_key(section, "alpha.1.1"): b"{}",
            body_key(section, "alpha.1.2"): b"no JSON",
        },
        samples: {body_key(samples, "alpha.1.1"): b'{"samples": 3}'},
    }
    assert Store(cache).write(rows, drop=[])
    assert contents(bank) == uncached(root)


def test_a_question_without_samples_parses_nothing(
    root: Path, cache: Path, parsed: list[str]
) -> None:
    (root / "beta" / "01-part.samples.yaml").unlink()
    open_bank([root], cache)
    parsed.clear()
    assert open_bank([root], cache).samples("beta.1.1") == ()
    assert parsed == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux allows any bytes as a name")
def test_file_names_that_are_not_text_are_reported(root: Path, cache: Path) -> None:
    edit(root / "beta" / "01-part.yaml", "level: explain", "level: hard")
    folder = root.rename(root.with_name(os.fsdecode(b"\xff")))
    (folder / "alpha" / os.fsdecode(b"02-\xff.yaml")).write_text("x", encoding="utf-8")
    for _ in range(2):
        bank = open_bank([folder], cache)
        assert contents(bank) == uncached(folder)
        first, second = map(str, bank.problems)
        assert "\\udcff/alpha/02-\\udcff.yaml" in first
        assert "\\udcff/beta/01-part.yaml:6" in second


def test_a_locked_cache_is_read_and_replaced(root: Path, cache: Path) -> None:
    open_bank([root], cache)
    edit(root / "beta" / "01-part.yaml", "doubled", "twofold")
    with closing(sqlite3.connect(cache)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        assert contents(open_bank([root], cache)) == uncached(root)


def test_a_cache_that_cannot_be_written_is_ignored(root: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    bank = open_bank([root], tmp_path / "file" / "bank.sqlite")
    assert contents(bank) == uncached(root)


def test_a_full_disk_is_ignored_and_leaves_no_file(
    root: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert contents(open_bank([root], cache)) == uncached(root)
    assert [*cache.parent.iterdir()] == []


def test_a_question_removed_after_opening_is_an_error(root: Path, cache: Path) -> None:
    bank = open_bank([root], cache)
    cache.unlink()
    (root / "beta" / "01-part.samples.yaml").unlink()
    assert bank.samples("beta.1.1") == ()
    (root / "beta" / "01-part.yaml").unlink()
    with pytest.raises(BankError, match=r"beta\.1\.1 is no longer in") as caught:
        bank.question("beta.1.1")
    assert "Restart the tutor" in caught.value.remedy


def test_opening_an_unchanged_bank_imports_nothing_heavy(root: Path, cache: Path) -> None:
    open_bank([root], cache)
    code = f"""
import sys
from pathlib import Path
from tutor.bank import LANGUAGES, Bank, Verdict, open_bank
def heavy(): return sorted({{"pydantic", "yaml", "rapidfuzz"}} & {{*sys.modules}})
bank = open_bank([Path({str(root)!r})], Path({str(cache)!r}))
titles = [deck.title.to("en") for deck in bank.decks]
topics = {{topic for deck in bank.decks for info in deck.questions for topic in info.topics}}
print(titles, len(topics) > 1, heavy())
print(bank.question("beta.1.1").prompt.to("en"), heavy())
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    prompt = open_bank([root], cache).question("beta.1.1").prompt.to("en")
    assert run.stdout.splitlines() == [
        "['A large subject', 'A large subject'] True []",
        f"{prompt} ['pydantic']",
    ]

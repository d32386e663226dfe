from collections.abc import Callable, Iterator

import pytest
from textual.widgets import Static

from tutor.tui import autosave
from tutor.tui.autosave import SavePace, SavePlan


def plan(times: list[float]) -> SavePlan:
    ticks: Iterator[float] = iter(times)
    return SavePlan(SavePace(settle=0.5, longest=2.0), lambda: next(ticks))


def test_a_pause_saves_half_a_second_after_the_last_key() -> None:
    saving = plan([10.0, 10.3])
    assert [saving.touched(), saving.touched()] == [0.5, 0.5]


def test_steady_typing_saves_within_two_seconds() -> None:
    saving = plan([10.0, 11.0, 11.8, 12.5])
    assert saving.touched() == 0.5
    assert saving.touched() == 0.5
    assert saving.touched() == pytest.approx(0.2)
    assert saving.touched() == 0.0


def test_after_saving_the_two_seconds_start_again() -> None:
    saving = plan([10.0, 11.9, 12.1])
    saving.touched()
    saving.touched()
    saving.saved()
    assert saving.touched() == 0.5


class Typed:
    """What is typed and what is saved; work for threads waits until the test runs it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, pace: SavePace | None = None) -> None:
        self.text = ""
        self.on_disk: list[str] = []
        self.failures: list[str] = []
        self.error: OSError | None = None
        self.work: list[Callable[[], None]] = []
        monkeypatch.setattr(autosave, "background", lambda _, work, *__: self.work.append(work))
        self.saving = autosave.Autosave(
            Static(),
            self.snapshot,
            lambda: None,
            lambda error: self.failures.append(str(error)),
            pace=pace,
        )

    def snapshot(self) -> Callable[[], None]:
        text = self.text
        return lambda: self.write(text)

    def write(self, text: str) -> None:
        if self.error is not None:
            raise self.error
        self.on_disk.append(text)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Typed:
    return Typed(monkeypatch)


def test_an_older_text_never_follows_a_newer(typed: Typed) -> None:
    typed.text = "old"
    typed.saving.save_later()
    assert not typed.saving.is_saved
    typed.text = "new"
    assert typed.saving.save_now()
    typed.work.pop()()
    assert typed.on_disk == ["new"]
    assert typed.saving.is_saved


def test_a_text_that_could_not_be_saved_is_saved_by_the_next_try(typed: Typed) -> None:
    typed.text, typed.error = "text", OSError("The disk is full.")
    assert not typed.saving.save_now()
    assert typed.failures == ["The disk is full."]
    assert not typed.saving.is_saved
    typed.error = None
    assert typed.saving.save_now()
    assert typed.on_disk == ["text"]


def test_after_stop_nothing_is_saved_in_threads(typed: Typed) -> None:
    typed.saving.stop()
    typed.saving.save_later()
    assert typed.work == []


def test_what_has_waited_for_long_enough_is_saved_without_a_timer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    typed = Typed(monkeypatch, SavePace(longest=0.0))  # Textual divides by the wait of a timer
    typed.text = "steady"
    typed.saving.touch()
    typed.work.pop()()
    assert typed.on_disk == ["steady"]
    assert typed.saving.is_saved

from collections.abc import Callable

import pytest
from textual.widgets import Static

from tutor.tui import autosave
from tutor.tui.autosave import SavePace


class Typed:
    """What is typed and what is saved; work for threads waits until the test runs it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 10.0
        self.text = ""
        self.on_disk: list[str] = []
        self.failures: list[str] = []
        self.error: OSError | None = None
        self.work: list[Callable[[], None]] = []
        self.waits: list[float] = []
        owner = Static()
        monkeypatch.setattr(owner, "set_timer", lambda wait, _: self.waits.append(wait))
        monkeypatch.setattr(autosave, "background", lambda _, work, *__: self.work.append(work))
        self.saving = autosave.Autosave(
            owner,
            self.snapshot,
            lambda: None,
            lambda error: self.failures.append(str(error)),
            pace=SavePace(settle=0.5, longest=2.0),
            monotonic=lambda: self.now,
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


@pytest.mark.parametrize(
    ("times", "waits"),
    [
        pytest.param((10, 10.3), (0.5, 0.5), id="half a second after the last key"),
        pytest.param((10, 11, 11.8), (0.5, 0.5, 0.2), id="two seconds after the first key"),
        pytest.param((10, 11.9, 12, 12.1), (0.5, 0.1, 0.5), id="and anew after saving"),
    ],
)
def test_text_is_saved_soon_after_the_last_key_and_the_first(
    typed: Typed, times: tuple[float, ...], waits: tuple[float, ...]
) -> None:
    for typed.now in times:
        typed.saving.touch()
    assert typed.waits == pytest.approx(waits)


def test_what_has_waited_for_long_enough_is_saved_without_a_timer(typed: Typed) -> None:
    typed.text = "steady"
    typed.saving.touch()
    typed.now += 2  # Textual divides by the wait of a timer
    typed.saving.touch()
    typed.work.pop()()
    assert (typed.waits, typed.on_disk) == ([0.5], ["steady"])
    assert typed.saving.is_saved

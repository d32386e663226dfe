"""What is said of a long job: by time, never for every step."""

import pytest

from tutor.cli.linemode.messages import tell_loading
from tutor.cli.linemode.output import line_output
from tutor.cli.output import Narration
from tutor.engine import EngineState, Status


def test_it_speaks_every_ten_seconds_and_says_what_is_left(
    capsys: pytest.CaptureFixture[str],
) -> None:
    now = [0.0]
    narration = Narration(100, "answers", lambda: now[0])
    for _ in range(100):
        now[0] += 4
        narration.one_more()
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "3 of 100 answers, 0.25 a second, about 7 minutes left"
    assert said[-1] == "99 of 100 answers, 0.25 a second, about 4 seconds left"
    assert len(said) == 33


def test_a_short_job_is_done_in_silence(capsys: pytest.CaptureFixture[str]) -> None:
    narration = Narration(1000, "answers", lambda: 0.0)
    for _ in range(1000):
        narration.one_more()
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")


@pytest.mark.parametrize(
    ("state", "said"), [(EngineState.LOADING, "Loading the judge …\n"), (EngineState.READY, "")]
)
def test_a_session_says_what_its_first_question_waits_for(
    capsys: pytest.CaptureFixture[str], state: EngineState, said: str
) -> None:
    tell_loading(line_output(as_json=False, inviting=False), Status(state))
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", said)

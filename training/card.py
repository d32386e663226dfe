"""Writes the card of an adapter: what it is, its training data, and its figures."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bench.shared import table
from training.examples import HEADINGS
from training.recipe import MATRICES, Recipe

LIMITS = """\
- It was trained on the questions of this tutor's own bank. On other questions it is worse;
  docs/measurements.md says by how much.
- It knows nothing about the subject. It compares an answer with the words of a point, so a wrong
  answer in the right words may pass.
- It understands German, English, Russian and Chinese.
- It is meant to be combined with the key terms by a calibration, not to grade alone.
"""


class Report(BaseModel):
    """The results of one run."""

    model_config = ConfigDict(frozen=True)

    base: str
    """The name of the base, from its file."""
    fingerprint: str
    """The fingerprint of the base."""
    recipe: Recipe
    rows: tuple[tuple[str, ...], ...]
    """The training data, as a table."""
    steps: int
    minutes: float
    first_loss: float
    """The mean over the first twentieth of the steps, as `last_loss` is over the last."""
    last_loss: float
    looks: tuple[tuple[int, float, float], ...]
    """Step, accuracy and kappa on the split `calibrate`, which was not trained on."""
    prompts: int
    exact: float
    quantised: float
    """The largest differences between torch and llama.cpp, in log-odds."""


def write_report(report: Report, work: Path) -> None:
    """Write the report as JSON, so that the card can be updated after more measurements."""
    (work / "report.json").write_text(report.model_dump_json(indent=1), encoding="utf-8")


def write_card(work: Path, folder: Path) -> Path:
    """Write the card of the report in `work`, with the tables in its `figures.md`, into `folder`.

    Raises OSError and pydantic's ValidationError.
    """
    report = Report.model_validate_json((work / "report.json").read_bytes())
    figures = work / "figures.md"
    text = card(report, figures.read_text(encoding="utf-8") if figures.exists() else "")
    place = folder / f"{report.fingerprint}.md"
    place.write_text(text, encoding="utf-8")
    return place


def card(report: Report, figures: str = "") -> str:
    """The card in Markdown; `figures` are tables of later measurements."""
    recipe = report.recipe
    looks = [(str(step), f"{right:.3f}", f"{kappa:.2f}") for step, right, kappa in report.looks]
    return "\n".join((
        f"# An adapter that makes {report.base} a judge of this tutor's questions",
        "",
        f"A LoRA adapter (GGUF, 16 bits) for the model with the fingerprint `{report.fingerprint}`"
        " and for no other.",
        f"It has rank {recipe.rank} and alpha {recipe.alpha:g}, and changes {', '.join(MATRICES)}"
        f" of the upper {recipe.layers} layers. Its licence is MIT. The base has its own.",
        "",
        "## Trained on",
        "",
        *table(HEADINGS, report.rows),
        "",
        "All are sample answers of this bank (MIT) from the split `train`. They were written blind"
        " and marked by two people, except for some earlier ones.",
        "",
        f"`python -m training run --seed {recipe.seed} --passes {recipe.passes} --batch"
        f" {recipe.batch} --rate {recipe.rate:g}`: {report.steps} steps,"
        f" {report.minutes:.0f} minutes. The loss fell from {report.first_loss:.3f} to"
        f" {report.last_loss:.3f}.",
        "",
        "During training, on answers of the split `calibrate`:",
        "",
        *table(("step", "accuracy", "kappa"), looks),
        "",
        "## Checked",
        "",
        f"On {report.prompts} prompts, the log-odds of torch and llama.cpp differ by at most"
        f" {report.exact:.3f} with 32-bit weights, and by {report.quantised:.2f} with the base's"
        " own weights.",
        "",
        "## Measured",
        "",
        figures or "Not yet.",
        "",
        "## Limits",
        "",
        LIMITS,
    ))  # fmt: skip

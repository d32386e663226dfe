"""Writes the words of the judge's field: `python -m bench.field`.

They are from the prompts and model answers, in every language, of the questions that the judge was
trained on (`tutor/grading/field.py`). Run this after training, not after changing a question.
"""

from bench.shared import our_bank
from tutor.grading import Calibration
from tutor.grading.field import Field
from tutor.paths import find_paths


def main() -> None:
    """Write the words next to the judge's calibration."""
    paths = find_paths({})
    (file,) = paths.calibrations[-1].glob("*.json")
    unseen = Calibration.model_validate_json(file.read_bytes()).unseen
    bank = our_bank()
    questions = [bank.question(id_) for id_ in bank.question_ids if id_ not in unseen]
    field = Field.of_texts(
        [*question.prompt.by_language().values(), *question.answer.by_language().values()]
        for question in questions
    )
    file.with_suffix(".field.txt").write_text(field.written(), encoding="utf-8")


if __name__ == "__main__":
    main()

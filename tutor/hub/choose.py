"""From what a person types to a model on disk."""

from collections.abc import Sequence
from pathlib import Path

from tutor.engine.gguf import read_header
from tutor.errors import TutorError
from tutor.hub.catalog import Catalog
from tutor.hub.disk import OnDisk, Place, look_at, no_judge
from tutor.hub.own import Unfit
from tutor.hub.words import printable

JUDGE = "judge"
"""What the model that came with the tutor is called on the command line."""


class Unknown(TutorError):
    """No model of this name is on disk."""


def choose(name: str, models: Sequence[OnDisk], catalog: Catalog) -> OnDisk:
    """The model with this id of the catalogue, file name or path, or the one called `judge`.

    Raises `Unknown`, `Unfit`.
    """
    for model in models:
        if name in _names(model):
            return model
    path = Path(name).expanduser().absolute()
    if path.is_file():
        return _named(path, catalog)
    raise _unknown(name, catalog)


def _names(model: OnDisk) -> set[str]:
    names = {model.name, model.path.name, str(model.path)}
    if model.entry is not None:
        names.add(model.entry.id)
    if model.is_judge:
        names.add(JUDGE)
    return names


def _named(path: Path, catalog: Catalog) -> OnDisk:
    model = look_at(path, Place.NAMED, catalog)
    if model is None:
        raise Unfit(
            f"{printable(path.name)} cannot serve: {no_judge(read_header(path))}.",
            remedy="Name an instruct model in GGUF; `tutor model list` shows what is there.",
        )
    return model


def _unknown(name: str, catalog: Catalog) -> Unknown:
    entry = catalog.get(name)
    if entry is not None:
        return Unknown(
            f"{entry.name} is not on this machine.", remedy=f"Get it: tutor model pull {entry.id}"
        )
    if name == JUDGE:
        return Unknown(
            "The judge's model is not on this machine.", remedy="Get it: tutor model pull judge"
        )
    return Unknown(
        f"No model is called {printable(name)!r}, and no file lies there.",
        remedy="`tutor model list` shows the names.",
    )

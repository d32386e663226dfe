"""What `tutor model list` prints."""

from collections.abc import Iterator, Sequence

from tutor.engine import BUILT_IN_JUDGE
from tutor.formatting import percent, short_line, size
from tutor.models import JUDGE, CatalogEntry, OnDisk, Shelf
from tutor.models.memory import MemoryFit


def catalog_rows(shelf: Shelf) -> list[Sequence[str]]:
    """The catalogue as a table, with a heading."""
    rows: list[Sequence[str]] = [
        ("catalogue", "size", "needs", "memory", "state", "licence", "languages")
    ]
    for entry in shelf.catalog.entries:
        fits = shelf.fit_of(entry)
        rows.append(
            (
                entry.id,
                size(entry.bytes),
                size(fits.needs.total),
                fits.verdict.value,
                _state(shelf, entry),
                entry.licence,
                " ".join(entry.languages),
            )
        )
    return rows


def installed_rows(shelf: Shelf) -> list[Sequence[str]]:
    """The models on this machine as a table, with a heading."""
    rows: list[Sequence[str]] = [("on this machine", "size", "needs", "memory", "state", "where")]
    for model in shelf.models:
        if model.problem:
            rows.append((model.name, size(model.bytes), "–", "–", "damaged", model.place.value))
            continue
        fits = shelf.fit_of(model)
        state = "in use" if shelf.is_used(model) else "installed"
        rows.append(
            (
                _name(model),
                size(model.bytes),
                size(fits.needs.total),
                fits.verdict.value,
                state,
                model.place.value,
            )
        )
    return rows


def remarks(shelf: Shelf) -> Iterator[str]:
    """What the tables do not show: the model in use, free memory, and each model's qualities."""
    memory = shelf.memory
    used = "none; key terms grade"
    if shelf.server is not None:
        used = f"the server {short_line(shelf.server, 200)}"
    elif shelf.in_use is not None:
        by_default = shelf.in_use == shelf.judge
        used = f"the {BUILT_IN_JUDGE}" if by_default else short_line(str(shelf.in_use), 200)
    yield (
        f"in use: {used}\nmemory: {size(memory.free)} of {size(memory.total)} free; "
        f"context {shelf.context:,} tokens"
    )
    for model in shelf.models:
        quality = shelf.quality(model)
        if model.problem:
            yield f"{model.name}: {model.problem}"
        elif quality is not None and not model.is_judge:
            yield f"{model.name} was {quality.words}"
        if (pace := shelf.speed(model)) is not None:
            yield f"{model.name} {pace.words}"
    judge = next((model for model in shelf.models if model.is_judge), None)
    if judge is not None:
        yield f"{BUILT_IN_JUDGE}: {shelf.judge_status(judge)}"
    elif shelf.in_use is None and shelf.server is None:
        yield f"To grade with a model: tutor model pull {JUDGE}"


def as_data(shelf: Shelf) -> dict[str, object]:
    """The list for programs, with all sizes in bytes."""
    best = shelf.recommended
    return {
        "memory": {"total": shelf.memory.total, "free": shelf.memory.free},
        "context": shelf.context,
        "used": None if shelf.in_use is None else str(shelf.in_use),
        "recommended": None if best is None else best.id,
        "catalogue": [_entry_data(shelf, entry) for entry in shelf.catalog.entries],
        "found": [_model_data(shelf, model) for model in shelf.models],
    }


def _entry_data(shelf: Shelf, entry: CatalogEntry) -> dict[str, object]:
    installed, partial = shelf.of_entry(entry), shelf.partial(entry)
    return entry.model_dump(mode="json") | {
        "memory": _fit_data(shelf.fit_of(entry)),
        "path": None if installed is None else str(installed.path),
        "partial": partial.stat().st_size if partial.exists() else 0,
        "used": installed is not None and shelf.is_used(installed),
    }


def _model_data(shelf: Shelf, model: OnDisk) -> dict[str, object]:
    quality, pace = shelf.quality(model), shelf.speed(model)
    return {
        "name": model.name,
        "path": str(model.path),
        "place": model.place.name.lower(),
        "bytes": model.bytes,
        "catalogue": None if model.entry is None else model.entry.id,
        "judge": model.is_judge,
        "used": shelf.is_used(model),
        "problem": model.problem or None,
        "memory": None if model.problem else _fit_data(shelf.fit_of(model)),
        "measured": None
        if quality is None
        else {
            "points": quality.calibration.points,
            "alone": quality.alone,
            "key_terms": quality.terms,
            "together": quality.together,
        },
        "speed": None if pace is None else pace.model_dump(),
    }


def _fit_data(fits: MemoryFit) -> dict[str, object]:
    needs = fits.needs
    return {
        "weights": needs.weights,
        "cache": needs.cache,
        "buffers": needs.buffers,
        "total": needs.total,
        "verdict": fits.verdict.value,
    }


def _state(shelf: Shelf, entry: CatalogEntry) -> str:
    installed = shelf.of_entry(entry)
    if installed is not None:
        return "in use" if shelf.is_used(installed) else "installed"
    partial = shelf.partial(entry)
    if partial.exists():
        return f"{percent(partial.stat().st_size / entry.bytes)} downloaded"
    judge = shelf.catalog.judge
    if judge is not None and entry.id == judge.original:
        return "untrained"  # the judge, which was made from it, is listed below
    return "recommended" if entry == shelf.recommended else "–"


def _name(model: OnDisk) -> str:
    """The model's name in commands, since its file's name may say nothing about it."""
    if model.is_judge and not model.ours:
        return JUDGE
    entry = model.entry
    return model.name if entry is None else f"{model.name} ({entry.id})"

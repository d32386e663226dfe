"""Catalogue, files, memory, settings and measurements of one machine, all at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tutor.engine import find_adapter
from tutor.engine.gguf import Header, fingerprint
from tutor.errors import TutorError
from tutor.hub.catalog import Catalog, Entry, load_catalog, recommended
from tutor.hub.choose import choose
from tutor.hub.disk import OnDisk, found
from tutor.hub.measured import Pace, Quality, pace_of, qualities
from tutor.hub.memory import Fit, Memory, fit, machine_memory
from tutor.hub.own import Unfit, used_model
from tutor.hub.pull import partial_of
from tutor.hub.words import printable
from tutor.paths import Paths, find_paths
from tutor.settings import load_settings


class NoSuchEntry(TutorError):
    """The catalogue has no such entry, or none for this machine."""


@dataclass(frozen=True)
class Shelf:
    """All that there is to say of models, at one moment."""

    paths: Paths
    catalog: Catalog
    models: tuple[OnDisk, ...]
    memory: Memory
    context: int
    named: Path | None
    """The model that settings or environment name."""
    used: Path | None
    """The model that would judge now."""
    measured: Mapping[str, Quality]
    """By fingerprint."""

    @classmethod
    def of(cls, environ: Mapping[str, str], model: Path | None = None) -> "Shelf":
        """As things are now; `model` counts before what settings and environment name.

        Raises `CatalogInvalid`, `SettingsInvalid`.
        """
        paths = find_paths(environ)
        settings = load_settings(paths.settings, {"model": model})
        catalog = load_catalog(paths)
        return cls(
            paths,
            catalog,
            found(paths, environ, Path.home(), catalog),
            machine_memory(),
            settings.context,
            settings.model,
            used_model(settings.model, paths),
            qualities(paths.calibrations),
        )

    @property
    def recommended(self) -> Entry | None:
        """The entry to take on this machine."""
        return recommended(self.catalog, self.memory)

    def entry(self, name: str | None) -> Entry:
        """The entry of this id, or the recommended one. Raises `NoSuchEntry`."""
        entry = self.catalog.get(name) if name else self.recommended
        if entry is None:
            ids = ", ".join(entry.id for entry in self.catalog.entries)
            raise NoSuchEntry(
                f"The catalogue has no {printable(name)!r}."
                if name
                else "No model of the catalogue is meant for so little memory.",
                remedy=f"It has: {ids}. A file that you have: tutor model add FILE.",
            )
        return entry

    def choose(self, name: str) -> OnDisk:
        """The model that a person names. Raises `Unknown`, `Unfit`."""
        return choose(name, self.models, self.catalog)

    def used_or_refuse(self) -> OnDisk:
        """The model that would judge now."""
        if self.used is None:
            raise NoSuchEntry(
                "No model is used.", remedy="Name one; `tutor model list` shows what is here."
            )
        return self.choose(str(self.used))

    def must_serve(self, model: OnDisk) -> None:
        """Raises `Unfit` where the file cannot."""
        if model.problem:
            raise Unfit(
                f"{model.name} cannot serve: {model.problem}.",
                remedy="Remove it and get it again: tutor model remove, tutor model pull.",
            )

    def removable(self, name: str) -> Path:
        """The file in the own folder that a person names; a stopped download by its entry's id."""
        entry = self.catalog.get(name)
        if entry is not None:
            for path in (self.paths.models[0] / entry.file, self.partial(entry)):
                if path.exists() or path.is_symlink():
                    return path
        own = self.paths.models[0] / name
        named = Path(name).name == name and (own.exists() or own.is_symlink())
        return own if named else self.choose(name).path

    def partial(self, entry: Entry) -> Path:
        """Where a download of it lies until it is whole."""
        return partial_of(entry, self.paths.models[0])

    def of_entry(self, entry: Entry) -> OnDisk | None:
        """The entry's file on disk, if it is there and can serve."""
        whole = (m for m in self.models if m.entry == entry and not m.problem)
        return next(whole, None)

    def is_used(self, model: OnDisk) -> bool:
        """Whether this model would judge now."""
        return self.used is not None and (
            self.used == model.path or (model.path.exists() and self.used.samefile(model.path))
        )

    def fit_of(self, model: Entry | OnDisk) -> Fit:
        """A model's needs beside the memory; by the file's own header where it is there."""
        if isinstance(model, OnDisk):
            assert model.header is not None
            return fit(model.header, self.memory, self.context)
        there = self.of_entry(model)
        return fit(model if there is None else _header(there), self.memory, self.context)

    def words_of(self, model: OnDisk) -> str:
        """A model's name and how it fits."""
        return f"{model.name}: {self.fit_of(model).words}"

    def quality(self, model: OnDisk) -> Quality | None:
        """What was measured of it; only looked up for files that are ours, used, or the judge."""
        if model.problem or not (model.ours or model.is_judge or self.is_used(model)):
            return None
        return self.measured.get(self._fingerprints(model))

    def pace(self, model: OnDisk) -> Pace | None:
        """How fast it was here; only looked up where `quality` is."""
        if model.problem or not (model.ours or model.is_judge or self.is_used(model)):
            return None
        return pace_of(self.paths.paces, self._fingerprints(model))

    def adapter_of(self, model: OnDisk) -> Path | None:
        """The adapter that was trained on it, and goes with it."""
        return find_adapter(model.path, self.paths.models)

    def _fingerprints(self, model: OnDisk) -> str:
        """The model's, then its adapter's, as grades have them."""
        adapter = self.adapter_of(model)
        return fingerprint(model.path) + (fingerprint(adapter) if adapter else "")


def wanted_sum(shelf: Shelf, model: OnDisk) -> str:
    """The checksum that a file should have; empty where nobody says."""
    if model.is_judge and shelf.catalog.judge is not None:
        return shelf.catalog.judge.cut_sha256
    entry = model.entry or shelf.catalog.get(model.path.name)
    return "" if entry is None else entry.sha256


def told_of_judge(shelf: Shelf, model: OnDisk) -> str:
    """What is to be said wherever the judge's model shows."""
    quality = shelf.quality(model)
    measured = f" Measured: {quality.words}." if quality else ""
    return f"Trained for these questions; it judges as long as you choose no other.{measured}"


def _header(model: OnDisk) -> Header:
    assert model.header is not None
    return model.header

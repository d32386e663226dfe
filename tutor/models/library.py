"""All models of one machine: catalogue, files, memory, settings and measurements together."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tutor.engine import ModelRefused
from tutor.engine.discovery import find_adapter, find_model
from tutor.engine.gguf import fingerprint
from tutor.engine.judge_model import find_judge
from tutor.errors import TutorError
from tutor.formatting import short_line
from tutor.models.catalog import Catalog, CatalogEntry, load_catalog
from tutor.models.download import partial_of
from tutor.models.local import OnDisk, choose, models_on_disk
from tutor.models.measurements import MeasuredSpeed, Quality, qualities, saved_speed
from tutor.models.memory import MachineMemory, MemoryFit, machine_memory, recommended
from tutor.paths import Paths, find_paths, is_file
from tutor.settings import load_settings
from tutor.settings_file import write_setting


class NoSuchEntry(TutorError):
    """The catalogue has no such entry, or none that suits this machine."""


@dataclass(frozen=True)
class Shelf:
    """Everything known about the models on this machine, at one moment."""

    paths: Paths
    catalog: Catalog
    models: tuple[OnDisk, ...]
    memory: MachineMemory
    context: int
    named: Path | None
    """The model that the settings or the environment name."""
    used: Path | None
    """The chosen model, or the first in a models folder; None if a server grades."""
    measured: Mapping[str, Quality]
    """The measured qualities, by fingerprint."""
    judge: Path | None = None
    """The judge, if it grades because nothing else is chosen."""
    server: str | None = None
    """The address of the server that grades instead of any file."""

    @classmethod
    def of(cls, environ: Mapping[str, str], model: Path | None = None) -> "Shelf":
        """Look at the machine now; `model` takes precedence over settings and environment.

        Raises `CatalogInvalid`, `SettingsInvalid`.
        """
        paths = find_paths(environ)
        settings = load_settings(paths.settings, {"model": model})
        catalog = load_catalog(paths)
        server = settings.server or None
        used = None if server else used_model(settings.model, paths)
        by_default = used is None and settings.wants_judge
        return cls(
            paths,
            catalog,
            models_on_disk(paths, environ, Path.home(), catalog),
            machine_memory(),
            settings.context,
            settings.model,
            used,
            qualities(paths.calibrations),
            complete_judge(catalog, paths) if by_default else None,
            server,
        )

    @property
    def in_use(self) -> Path | None:
        """The model that would grade now: the chosen one, else the judge."""
        return self.used or self.judge

    @property
    def recommended(self) -> CatalogEntry | None:
        """The entry recommended for this machine."""
        return recommended(self.catalog, self.memory)

    def entry(self, name: str | None) -> CatalogEntry:
        """The entry with this id, or the recommended one. Raises `NoSuchEntry`."""
        entry = self.catalog.get(name) if name else self.recommended
        if entry is None:
            ids = ", ".join(entry.id for entry in self.catalog.entries)
            raise NoSuchEntry(
                f"The catalogue has no {short_line(name)!r}."
                if name
                else "No model in the catalogue suits so little memory.",
                remedy=f"It has: {ids}. To add a file that you have: tutor model add FILE.",
            )
        return entry

    def choose(self, name: str) -> OnDisk:
        """The model with a name that a person gave. Raises `UnknownModel`, `UnsuitableModel`."""
        return choose(name, self.models, self.catalog)

    def require_in_use(self) -> OnDisk:
        """The model that would grade now. Raises `NoSuchEntry` if there is none."""
        if self.in_use is None:
            raise NoSuchEntry(
                "No model is in use.", remedy="Name one; `tutor model list` shows the names."
            )
        return self.choose(str(self.in_use))

    def removable(self, name: str) -> Path:
        """A file in the student's models folder, by its name or the id of its catalogue entry."""
        entry = self.catalog.get(name)
        if entry is not None:
            for path in (self.paths.models[0] / entry.file, self.partial(entry)):
                if path.exists() or path.is_symlink():
                    return path
        own = self.paths.models[0] / name
        named = Path(name).name == name and (own.exists() or own.is_symlink())
        return own if named else self.choose(name).path

    def partial(self, entry: CatalogEntry) -> Path:
        """The file of an incomplete download of this entry."""
        return partial_of(entry, self.paths.models[0])

    def of_entry(self, entry: CatalogEntry) -> OnDisk | None:
        """The entry's file on disk, if it exists and can be used."""
        usable = (m for m in self.models if m.entry == entry and not m.problem)
        return next(usable, None)

    def is_used(self, model: OnDisk) -> bool:
        """Whether this model would grade now."""
        used = self.in_use
        if used is None or used == model.path:
            return used is not None
        with suppress(OSError):  # one of them is gone since
            return used.samefile(model.path)
        return False

    def fit_of(self, model: CatalogEntry | OnDisk) -> MemoryFit:
        """How a model fits into memory, by its file's header if it is installed."""
        if isinstance(model, OnDisk):
            assert model.header is not None
            return MemoryFit(model.header.needs(self.context), self.memory)
        installed = self.of_entry(model)
        if installed is not None:
            return self.fit_of(installed)
        return MemoryFit(model.needs(self.context), self.memory)

    def quality(self, model: OnDisk) -> Quality | None:
        """A model's measured quality; only looked up if it is ours, in use, or the judge."""
        return self.measured.get(self._fingerprints(model))

    def speed(self, model: OnDisk) -> MeasuredSpeed | None:
        """A model's measured speed on this machine; only looked up if its quality is."""
        return saved_speed(self.paths.paces, self._fingerprints(model))

    def expected_checksum(self, model: OnDisk) -> str:
        """The checksum that a file should have; empty if none is published."""
        if model.is_judge and self.catalog.judge is not None:
            return self.catalog.judge.cut_sha256
        entry = model.entry or self.catalog.get(model.path.name)
        return "" if entry is None else entry.sha256

    def judge_status(self, model: OnDisk) -> str:
        """The description of the judge, wherever its model is shown."""
        quality = self.quality(model)
        measured = f" It was {quality.words}." if quality else ""
        return (
            "It is trained for these questions. "
            f"It grades unless you choose another model.{measured}"
        )

    def _fingerprints(self, model: OnDisk) -> str:
        """The fingerprint of the model followed by its adapter's, as in grades.

        Empty for another program's model that is not in use, since reading them all would take
        long, and for a file that is gone since.
        """
        if model.problem or not (model.ours or model.is_judge or self.is_used(model)):
            return ""
        with suppress(OSError):
            adapter = find_adapter(model.path, self.paths.models)
            return fingerprint(model.path) + (fingerprint(adapter) if adapter else "")
        return ""


def used_model(named: Path | None, paths: Paths) -> Path | None:
    """The model that would be used now; None if there is none or the named one is missing."""
    with suppress(ModelRefused):
        return find_model(named, paths.models)
    return None


def complete_judge(catalog: Catalog, paths: Paths) -> Path | None:
    """The judge's file, if its adapter exists too; without it the judge does not grade."""
    path = find_judge(catalog.judge, paths.models) if catalog.judge is not None else None
    return path if path is not None and find_adapter(path, paths.models) is not None else None


def use_model(file: Path | None, paths: Paths) -> None:
    """Write `model = …` into the settings file; None for no model, whatever is in the folders.

    Raises `NoSuchEntry` if the file is gone, and `SettingsNotWritten`.
    """
    if file is not None and not is_file(file):
        raise NoSuchEntry(f"{short_line(str(file))} is gone.", remedy="Choose another model.")
    write_setting(paths.settings, "model", "" if file is None else str(file))


def forget_model(paths: Paths) -> None:
    """Remove `model = …` from the settings file. Raises `SettingsNotWritten`."""
    write_setting(paths.settings, "model", None)

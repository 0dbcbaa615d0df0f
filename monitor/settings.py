"""Configuration files → settings, all faults at once; the sole reader of the environment."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from monitor import killpoints, model
from monitor.configcheck import Name, Section, check, doubles, items, nearest, raw_items
from monitor.configfile import Document, read
from monitor.errors import ConfigError, Fault, InputError
from monitor.feedfile import FeedFile, FeedSettings
from monitor.mainfile import (
    Channel,
    ConsoleChannel,
    EmailChannel,
    HttpSettings,
    KafkaSettings,
    LogSettings,
    PollSettings,
    Settings,
    SlackChannel,
    StreamSettings,
    brokers,
    member_name,
)
from monitor.secret import Secret
from monitor.watchfile import OwnPlace, WatchEntry, WatchFile

__all__ = [
    "Channel",
    "ConsoleChannel",
    "EmailChannel",
    "FeedFile",
    "FeedSettings",
    "HttpSettings",
    "KafkaSettings",
    "LogSettings",
    "Name",
    "OwnPlace",
    "PollSettings",
    "Project",
    "Secret",
    "Section",
    "Settings",
    "SlackChannel",
    "StreamSettings",
    "WatchEntry",
    "WatchFile",
    "arm_kill_point",
    "load_deliverable",
    "load_feed_file",
    "load_project",
    "load_settings",
    "load_watch_file",
]

DEFAULT = Path("monitor.yaml")
INIT = "no such file; `monitor init` writes a configuration to start from"


@dataclass(frozen=True, slots=True)
class Project:
    """A configuration with the files that it names."""

    settings: Settings
    feeds: tuple[model.Feed, ...] = ()
    watches: WatchFile = field(default_factory=WatchFile)


def load_settings(
    path: Path | None = None, *, environment: Mapping[str, str] | None = None, bootstrap: str | None = None
) -> Settings:
    """monitor.yaml alone; without a path that of the current folder, or the defaults where there is none.

    KAFKA_BOOTSTRAP, MONITOR_CACHE_DIR and MONITOR_INSTANCE_ID of the environment go before the file, `bootstrap` before
    all of them.
    Raises ConfigError with every fault.
    """
    reader = _Reader(_environment(environment))
    if path is None and not DEFAULT.exists():
        return reader.sound(reader.overridden(Settings(), bootstrap))
    return reader.sound(reader.settings(reader.document(path or DEFAULT, INIT), bootstrap))


def load_watch_file(path: Path) -> WatchFile:
    """A file of watches, which need no channels here. Raises ConfigError with every fault of form."""
    reader = _Reader({})
    return reader.sound(reader.watches(reader.document(path)))


def load_feed_file(path: Path) -> FeedFile:
    """A file of feeds. Raises ConfigError with every fault."""
    reader = _Reader({})
    return reader.sound(reader.feeds(reader.document(path)))


def load_project(
    path: Path | None = None, *, environment: Mapping[str, str] | None = None, bootstrap: str | None = None
) -> Project:
    """monitor.yaml (without a path that of the current folder) with the files that it names, fit to deliver alerts.

    The environment and `bootstrap` count as for `load_settings`. Raises ConfigError with every fault of all files,
    those of queries too.
    """
    reader = _Reader(_environment(environment))
    return reader.sound(reader.project(reader.document(path or DEFAULT, INIT), bootstrap))


def load_deliverable(
    path: Path,
    config: Path | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    bootstrap: str | None = None,
) -> tuple[Settings, WatchFile]:
    """A file of watches for a running system, with the settings that `load_settings` finds.

    Where there is a configuration, its channels are those that watches may name. Raises ConfigError with every fault.
    """
    reader = _Reader(_environment(environment))
    there = config is not None or DEFAULT.exists()
    main = reader.document(config or DEFAULT, INIT) if there else None
    settings = reader.settings(main, bootstrap) if there else reader.overridden(Settings(), bootstrap)
    document = reader.document(path)
    watches = reader.watches(document)
    if document:
        reader.deliverable(document, list(_ids(main, "channels").values()) if main else None, settings)
    if settings is None:
        watches = None
    return settings or Settings(), reader.sound(watches)


def arm_kill_point(environment: Mapping[str, str] | None = None) -> None:
    """Arm the boundary that MONITOR_KILL_AT names, which only tests of crashes set. Raises ConfigError."""
    if wish := _environment(environment).get("MONITOR_KILL_AT"):
        try:
            killpoints.arm(wish)
        except ValueError as error:
            raise ConfigError([Fault("MONITOR_KILL_AT", 0, str(error))]) from None


def cache_folder(environment: Mapping[str, str] | None = None) -> Path | None:
    """Where commands that read no monitor.yaml keep what is slow to build: MONITOR_CACHE_DIR, or None."""
    folder = _environment(environment).get("MONITOR_CACHE_DIR")
    return Path(folder) if folder else None


def _environment(given: Mapping[str, str] | None) -> Mapping[str, str]:
    return os.environ if given is None else given  # noqa: TID251 the one place that reads it


M = TypeVar("M", bound=Section)
T = TypeVar("T")


@dataclass(slots=True)
class _Reader:
    """Reads one file after another and remembers every fault, so that all are told at once."""

    environment: Mapping[str, str]
    faults: list[Fault] = field(default_factory=list)

    def sound(self, found: T | None) -> T:
        if self.faults or found is None:
            files = list(dict.fromkeys(fault.file for fault in self.faults))
            raise ConfigError(sorted(self.faults, key=lambda fault: (files.index(fault.file), fault.line)))
        return found

    def project(self, document: Document | None, bootstrap: str | None) -> Project | None:
        settings = self.settings(document, bootstrap)
        feeds_document, watches_document = (self.named(document, key) for key in ("feeds", "watches"))
        feeds = self.feeds(feeds_document) if feeds_document else FeedFile()
        watches = self.watches(watches_document) if watches_document else WatchFile()
        if document and watches_document:
            self.deliverable(watches_document, list(_ids(document, "channels").values()), settings)
        if settings is None or feeds is None or watches is None:
            return None
        return Project(settings, tuple(entry.feed() for entry in feeds.feeds), watches)

    def settings(self, document: Document | None, bootstrap: str | None) -> Settings | None:
        settings = self.checked(document, Settings)
        if document:
            self.faults += doubles(document, "channels", _ids(document, "channels"))
        return self.overridden(settings, bootstrap) if settings else None

    def as_member(self, settings: Settings, member: str) -> Settings:
        """The settings of a worker whose name the environment gives."""
        try:
            stream = settings.stream.model_copy(update={"instance_id": member_name(member)})
        except ValueError as error:
            self.faults.append(Fault("MONITOR_INSTANCE_ID", 0, str(error)))
            return settings
        return settings.model_copy(update={"stream": stream})

    def overridden(self, settings: Settings, bootstrap: str | None) -> Settings:
        """The settings as the command line and the environment want them."""
        if folder := self.environment.get("MONITOR_CACHE_DIR"):
            settings = settings.model_copy(update={"cache_dir": Path(folder)})
        if member := self.environment.get("MONITOR_INSTANCE_ID"):
            settings = self.as_member(settings, member)
        name, address = "--bootstrap", bootstrap
        if not address:
            name, address = "KAFKA_BOOTSTRAP", self.environment.get("KAFKA_BOOTSTRAP")
        if not address:
            return settings
        try:
            kafka = settings.kafka.model_copy(update={"bootstrap": brokers(address)})
        except ValueError as error:
            self.faults.append(Fault(name, 0, str(error)))
            return settings
        return settings.model_copy(update={"kafka": kafka})

    def named(self, document: Document | None, key: str) -> Document | None:
        """The file that a key names, relative to the file that says so."""
        name = document.value.get(key) if document and isinstance(document.value, dict) else None
        if document is None or not isinstance(name, str):
            return None
        path = Path(document.file).parent / name
        try:
            found = path.exists()
        except OSError:
            found = True  # to read it tells why it cannot be
        if found:
            return self.document(path)
        self.faults.append(document.fault((key,), f"no such file: {path}"))
        return None

    def feeds(self, document: Document | None) -> FeedFile | None:
        found = self.checked(document, FeedFile)
        if document:
            names = ((at, feed.name()) for at, feed in items(document, "feeds", FeedSettings))
            self.faults += doubles(document, "feeds", dict(names))
        return found

    def watches(self, document: Document | None) -> WatchFile | None:
        found = self.checked(document, WatchFile)
        if document:
            self.faults += doubles(document, "watches", _ids(document, "watches"))
        return found

    def deliverable(self, document: Document, channels: Sequence[str] | None, settings: Settings | None) -> None:
        """Watches must make sense, and somebody must hear of their alerts; None = the channels are not known."""
        from monitor.watchset import sense_faults

        if channels is not None:
            self.faults += _undeliverable(document, channels)
        try:
            self.faults += sense_faults(document, settings.cache_dir if settings else None)
        except InputError as error:
            self.faults.append(Fault(document.file, 0, str(error)))

    def document(self, path: Path, missing: str = "no such file") -> Document | None:
        try:
            return read(path, missing)
        except ConfigError as error:
            self.faults += error.faults
            return None

    def checked(self, document: Document | None, section: type[M]) -> M | None:
        if document is None:
            return None
        context = {"environment": self.environment, "folder": Path(document.file).parent}
        found, faults = check(document, section, context)
        self.faults += faults
        return found


def _ids(document: Document, section: str) -> dict[int, str]:
    """The ids of a list by position, as the file has them: those of faulty items too."""
    found = {at: item.get("id") for at, item in enumerate(raw_items(document, section)) if isinstance(item, dict)}
    return {at: name for at, name in found.items() if isinstance(name, str)}


def _undeliverable(document: Document, channels: Sequence[str]) -> Iterator[Fault]:
    """Watches whose alerts would reach nobody."""
    for at, watch in items(document, "watches", WatchEntry):
        if not watch.channels:
            yield document.fault(("watches", at, "channels"), f"expected who is told ({_some(channels)}), found nobody")
        for position, channel in enumerate(watch.channels):
            if channel not in channels:
                message = f"no channel {channel!r} in the configuration{nearest(channel, channels)}"
                yield document.fault(("watches", at, "channels", position), message)


def _some(channels: Sequence[str]) -> str:
    return ", ".join(list(dict.fromkeys(channels))[:5]) or "the configuration has no channels yet"

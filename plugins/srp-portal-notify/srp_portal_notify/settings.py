"""The settings of the plugin: general ones, and others for single divisions."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import NamedTuple

from srp_portal.plugin import DivisionInfo, SettingError
from srp_portal_notify.targets import Target, discord_target, webhook_target
from srp_portal_notify.templates import Template, parse_template
from srp_portal_notify.texts import BATCH_FIELDS, BATCH_TEMPLATE, FIELDS
from srp_portal_notify.topics import TOPICS, USUAL

logger = logging.getLogger(__name__)

_NAMES = (
    "discord_url",
    "webhook_url",
    "webhook_secret",
    "events",
    "notes",
    "template_batch",
    *(f"template_{topic}" for topic in TOPICS),
)
_OF_DIVISION = re.compile(rf"division_(?P<division>.+?)_(?P<name>{'|'.join(_NAMES)})")
#: What begins like this is meant for us, and so is a mistake when it is unknown.
_OURS = re.compile(r"(division|discord|webhook|template|event|note)")
_BOOLEANS = {"true": True, "yes": True, "on": True, "1": True}
_BOOLEANS |= {"false": False, "no": False, "off": False, "0": False}


class _Given(NamedTuple):
    """A setting as it was given: its name, not normalised, and its text."""

    setting: str
    text: str


_Section = Mapping[str, _Given]


@dataclass(frozen=True, slots=True)
class Route:
    """What is told of a division's requests, and to whom.

    targets: by channel, `discord` and `webhook`. topics: those that are told. templates: by topic.
    batch: the first line for several requests. notes: whether people's words are told.
    """

    targets: Mapping[str, Target]
    topics: frozenset[str]
    templates: Mapping[str, Template]
    batch: Template
    notes: bool


class NotifySettings:
    """The settings, checked as a whole; raises SettingError.

    Names count without regard to case, and everything that is no letter or digit as one
    underscore: `division.Fleet Operations.events` is `DIVISION_FLEET_OPERATIONS_EVENTS`.
    """

    def __init__(self, settings: Mapping[str, str]) -> None:
        self._general: dict[str, _Given] = {}
        self._sections: dict[str, dict[str, _Given]] = {}
        self._routes: dict[tuple[int, str], Route] = {}
        # The environment's spelling last: it wins over the ini's.
        for setting in sorted(settings, key=lambda name: name == normal(name)):
            if settings[setting].strip():
                self._take(_Given(setting, settings[setting].strip()))
        self._everybody = _route(self._general)
        self._all = (
            self._everybody,
            *(_route({**self._general, **section}) for section in self._sections.values()),
        )

    def route(self, division: DivisionInfo) -> Route:
        """The division's route: its settings by number, by name, then the general ones."""
        if not self._sections:
            return self._everybody
        # By the name as well: divisions are renamed while the portal runs.
        key = (division.id, division.name)
        route = self._routes.get(key)
        if route is None:
            name = normal(division.name)
            # Digits alone are a number, never the name of another division.
            by_name = {} if name.isdecimal() else self._sections.get(name, {})
            by_id = self._sections.get(str(division.id), {})
            route = _route({**self._general, **by_name, **by_id})
            self._routes[key] = route
        return route

    def targets(self) -> tuple[Target, ...]:
        """All targets there are."""
        return tuple(target for route in self._all for target in route.targets.values())

    def _take(self, given: _Given) -> None:
        name = normal(given.setting)
        if name in _NAMES:
            self._general[name] = given
        elif match := _OF_DIVISION.fullmatch(name):
            self._sections.setdefault(match["division"], {})[match["name"]] = given
        else:
            _refuse_unknown(given.setting, name)


def read_settings(settings: Mapping[str, str]) -> NotifySettings:
    """The settings, checked once for each content; raises SettingError."""
    return _read(tuple(sorted(settings.items())))


@lru_cache(maxsize=8)
def _read(items: tuple[tuple[str, str], ...]) -> NotifySettings:
    return NotifySettings(dict(items))


def normal(name: str) -> str:
    """A name as names are compared."""
    return re.sub(r"[\W_]+", "_", name.casefold()).strip("_")


def _refuse_unknown(setting: str, name: str) -> None:
    """Raises SettingError, unless another program put this name into the environment."""
    # systemd puts NOTIFY_SOCKET there for each service.
    if name == "socket":
        return
    meant = get_close_matches(name, _NAMES, n=1, cutoff=0.8)
    if not meant and not _OURS.match(name) and f"NOTIFY_{name.upper()}" in os.environ:
        logger.warning("notify.%s is no setting of the plugin notify", setting)
        return
    hint = f"; did you mean {meant[0]}?" if meant else ""
    raise SettingError(setting, f"is no setting of this plugin{hint}")


def _route(section: _Section) -> Route:
    return Route(
        targets=dict(_targets(section)),
        topics=_topics(section.get("events")),
        templates={topic: _template(section, topic) for topic in TOPICS},
        batch=_parsed(section.get("template_batch"), BATCH_TEMPLATE, BATCH_FIELDS),
        notes=_boolean(section.get("notes")),
    )


def _targets(section: _Section) -> Iterable[tuple[str, Target]]:
    discord, webhook = section.get("discord_url"), section.get("webhook_url")
    if discord is not None and discord.text.casefold() != "none":
        yield "discord", discord_target(*discord)
    if webhook is not None and webhook.text.casefold() != "none":
        prefix = webhook.setting[: -len("webhook_url")]
        secret = section.get("webhook_secret", _Given(f"{prefix}webhook_secret", ""))
        yield "webhook", webhook_target(*webhook, *secret)


def _topics(given: _Given | None) -> frozenset[str]:
    if given is None:
        return USUAL
    names = [name for name in re.split(r"[\s,]+", given.text.casefold()) if name]
    if names == ["none"]:
        return frozenset()
    if names == ["all"]:
        return frozenset(TOPICS)
    for name in names:
        if name not in TOPICS:
            # Somebody may have put a URL into the wrong line.
            shown = name if re.fullmatch("[a-z_]{1,30}", name) else "such event"
            raise SettingError(
                given.setting, f"knows no {shown}; there are all, none, {', '.join(TOPICS)}"
            )
    return frozenset(names)


def _template(section: _Section, topic: str) -> Template:
    return _parsed(section.get(f"template_{topic}"), TOPICS[topic].template, FIELDS)


def _parsed(given: _Given | None, default: str, fields: Mapping[str, bool]) -> Template:
    setting, text = given or _Given("", default)
    optional = frozenset(name for name, is_certain in fields.items() if not is_certain)
    return parse_template(setting, text, frozenset(fields), optional)


def _boolean(given: _Given | None) -> bool:
    if given is None:
        return False
    if given.text.casefold() not in _BOOLEANS:
        raise SettingError(given.setting, "must be true or false")
    return _BOOLEANS[given.text.casefold()]

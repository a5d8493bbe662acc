"""Lets plugins add to the application, and names the one whose addition fails."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from srp_portal.hooks.errors import PluginConfigurationError, describe
from srp_portal.hooks.interrupts import interrupts
from srp_portal.hooks.loading import Implementation

logger = logging.getLogger(__name__)

#: Called with a plugin's name after its includeme; raises where what it added can't be.
Check = Callable[[str], object]


class Configurator(Protocol):
    """The part of Pyramid's configurator that is used here."""

    def include(self, callable: Any) -> Any:  # noqa: A002 - Pyramid's own name
        """Calls a function with a configurator for its package."""


@contextmanager
def configuring(plugin: str) -> Iterator[None]:
    """Turns whatever is raised inside into a PluginConfigurationError that names the plugin.

    The operator's Ctrl-C passes.
    """
    with interrupts() as is_interrupt:
        try:
            yield
        except PluginConfigurationError:
            raise
        except BaseException as error:
            if is_interrupt(error):
                raise
            logger.debug("Plugin %s: includeme failed", plugin, exc_info=True)
            raise PluginConfigurationError(
                f"plugin {plugin}: its includeme failed: {describe(error)}"
            ) from error


def include_each(calls: Sequence[Implementation], config: Configurator, check: Check) -> None:
    """Calls each includeme; raises PluginConfigurationError with the name of one that fails."""
    for call in calls:
        with configuring(call.plugin):
            # Not called directly: include() makes asset names relative to the plugin.
            config.include(_includable(call))
            check(call.plugin)


def _includable(call: Implementation) -> Callable[[Any], None]:
    """The plugin's includeme as a function of its module, under a name that is its own.

    Pyramid includes a function once by module and name, and would in silence leave out that of a
    second plugin which shares it.
    """

    def includeme(config: Any) -> None:
        call(config=config)

    includeme.__module__ = call.function.__module__
    includeme.__name__ = f"includeme of plugin {call.plugin}"
    return includeme

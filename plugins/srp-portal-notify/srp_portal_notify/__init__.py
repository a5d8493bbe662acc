"""Tells Discord channels and other programs what happens to requests."""

from __future__ import annotations

from collections.abc import Mapping

from srp_portal.plugin import PluginContext, RequestEvent, hookimpl
from srp_portal_notify.delivery import tell
from srp_portal_notify.logs import keep_out_of_logs
from srp_portal_notify.settings import read_settings

API_VERSION = 1


def configured_hosts(settings: Mapping[str, str]) -> tuple[str, ...]:
    """The hosts of the configured URLs; raises SettingError for a wrong setting."""
    targets = read_settings(settings).targets()
    keep_out_of_logs(target.url for target in targets)
    return tuple(sorted({target.host for target in targets}))


def has_targets(settings: Mapping[str, str]) -> bool:
    """Whether anything is to be sent at all; raises SettingError for a wrong setting."""
    return bool(read_settings(settings).targets())


HOSTS = configured_hosts
LISTENS = has_targets


@hookimpl
def request_changed(event: RequestEvent, context: PluginContext) -> None:
    """Sends what the settings of the event's division ask for; raises NotDelivered."""
    tell(event, context, read_settings(context.settings))

"""All plugins as site administrators see them: what they are, and how they fare."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy.orm import Session

from srp_portal.domain.permissions import Identity
from srp_portal.hooks.registry import PluginReport
from srp_portal.services.deliveries import Which, dead_deliveries, open_counts
from srp_portal.services.division_access import require_site_administrator
from srp_portal.services.plugin_failures import failures_by_plugin
from srp_portal.services.plugin_results import PluginPage, PluginView
from srp_portal.services.plugin_settings import shown_settings
from srp_portal.services.results import Reference

#: Why a plugin is on the page of which nothing is left but what it failed at.
GONE = "not installed any more"


def plugin_page(
    dbsession: Session,
    identity: Identity,
    reports: Sequence[PluginReport],
    settings_of: Callable[[str], Mapping[str, str]],
    *,
    only: str = "",
    page: int = 1,
    page_size: int,
) -> PluginPage:
    """All plugins with a page of dead deliveries, the last page where there are fewer.

    settings_of: a plugin's settings by its name. only: the plugin whose deliveries are listed,
    empty for all. Raises NotAllowed.
    """
    require_site_administrator(identity, "plugin.list")
    counts = open_counts(dbsession)
    failures = failures_by_plugin(dbsession)
    shown = [
        PluginView(
            report.name,
            report.distribution,
            report.version,
            report.hooks,
            report.enabled,
            report.reason,
            shown_settings(settings_of(report.name)),
            failures.get(report.name, ()),
            *counts.get(report.name, (0, 0)),
        )
        for report in reports
    ]
    gone = sorted({*counts, *failures} - {report.name for report in reports})
    shown += [
        PluginView(
            name, "", "", (), False, GONE, (), failures.get(name, ()), *counts.get(name, (0, 0))
        )
        for name in gone
    ]
    count = sum(dead for name, (_, dead) in counts.items() if only in ("", name))
    page_count = max(1, -(-count // page_size))
    page = min(max(page, 1), page_count)
    deliveries = (
        dead_deliveries(
            dbsession, Which(plugin=only or None), limit=page_size, offset=(page - 1) * page_size
        )
        if count
        else ()
    )
    return PluginPage(
        Reference(identity.user_id, identity.name),
        tuple(shown),
        only,
        deliveries,
        page,
        page_count,
        page_size,
        count,
    )

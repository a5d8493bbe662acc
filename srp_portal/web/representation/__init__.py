"""The one layer that turns results into HTML, JSON, XML, feeds and tables, and errors as well."""

from __future__ import annotations

from typing import Any

from pyramid.tweens import EXCVIEW
from pyramid.viewderivers import INGRESS, VIEW


def includeme(config: Any) -> None:
    """Adds the view option `formats`, `request.links`, the guard and the exception views.

    Needs `request.portal`, a route named `login`, and pyramid_tm's tween where there is one.
    """
    from srp_portal.web.representation import (
        deriver,
        directory_documents,  # noqa: F401 - registers its documents
        feeds,
        guard,
        links,
        plugin_documents,  # noqa: F401 - registers its document
        preview_documents,  # noqa: F401 - registers its document
        recalculation_documents,  # noqa: F401 - registers its documents
        request_documents,  # noqa: F401 - registers its documents
        request_xml,  # noqa: F401 - registers its elements
    )

    config.registry[deriver.KEPT_FEEDS] = feeds.KeptFeeds()
    config.add_request_method(links.links_of, "links", reify=True)
    config.add_view_deriver(
        deriver.offered_view, "offered_view", under=INGRESS, over="secured_view"
    )
    config.add_view_deriver(
        deriver.negotiated_view, "negotiated_view", under="secured_view", over="rendered_view"
    )
    config.add_view_deriver(
        deriver.document_view, "document_view", under="rendered_view", over=VIEW
    )
    config.add_tween(f"{guard.__name__}.guard_tween_factory", under=EXCVIEW)
    config.include("srp_portal.web.representation.errors")

"""The document of the page of plugins."""

from __future__ import annotations

from srp_portal.services.plugin_results import PluginPage
from srp_portal.web.representation.documents import Document, document, user_document
from srp_portal.web.representation.links import Links
from srp_portal.web.representation.times import http_time


@document.register
def _plugins(page: PluginPage, links: Links) -> Document:
    return {
        "count": page.count,
        "current_user": user_document(page.reader, links),
        "dead_deliveries": [
            {
                "attempts": delivery.attempts,
                "error": delivery.error,
                "id": delivery.id,
                "kind": delivery.kind,
                "plugin": delivery.plugin,
                "request": {"href": links.request(delivery.request_id), "id": delivery.request_id},
                "timestamp": http_time(delivery.failed_at),
            }
            for delivery in page.deliveries
        ],
        "page": page.page,
        "pages": page.page_count,
        "plugins": [
            {
                "dead": plugin.dead,
                "distribution": plugin.distribution,
                "enabled": plugin.is_enabled,
                "failures": [
                    {
                        "count": failure.count,
                        "first": http_time(failure.first_at),
                        "hook": failure.hook,
                        "message": failure.message,
                        "timestamp": http_time(failure.last_at),
                    }
                    for failure in plugin.failures
                ],
                "hooks": list(plugin.hooks),
                "name": plugin.name,
                "reason": plugin.reason,
                "settings": {setting.name: setting.value for setting in plugin.settings},
                "version": plugin.version,
                "waiting": plugin.waiting,
            }
            for plugin in page.plugins
        ],
    }

"""Ship replacement program for EVE Online alliances."""

from __future__ import annotations

from typing import Any


def main(global_config: dict[str, str] | None = None, **settings: str) -> Any:
    """The WSGI application (PasteDeploy's application factory).

    settings: the ini's section; environment variables win over it.
    Raises SettingsError, in one line that names the setting, for a missing or unparsable one.
    """
    # The web framework is loaded here and not with the package: plugins import
    # srp_portal.plugin, and get neither Pyramid nor SQLAlchemy with it.
    from srp_portal.web.application import make_application

    return make_application(global_config or {}, settings)

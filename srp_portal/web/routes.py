"""Every URL of the portal; contract/http.md's table, in one place."""

from __future__ import annotations

from typing import Any

LISTS = "personal|pending|pay|completed|all"
#: ASCII digits alone (`\d` knows other scripts'), and no more than a 64-bit number holds.
ID = "[0-9]{1,18}"


def includeme(config: Any) -> None:
    """Adds the routes; the ESI layer adds its own under `/sso`."""
    routes = {
        "home": "/",
        "login": "/login/",
        "login.local": "/login/local/",
        "login.eve": "/login/eve/",
        "logout": "/logout/",
        "account": "/account/",
        "apikeys": "/apikeys/",
        "request.add": "/request/add/",
        "request.list": f"/request/{{list:{LISTS}}}/",
        # The rest of the path is taken from PATH_INFO as it came, line ends and all.
        "request.list.filtered": f"/request/{{list:{LISTS}}}/{{filters:(?s:.+)}}",
        "request.division": f"/request/{{id:{ID}}}/division/",
        "request.detail": f"/request/{{id:{ID}}}/",
        "plugins": "/plugins/",
        "recalculation": "/recalculation/",
        "division.list": "/division/",
        "division.add": "/division/add/",
        "division.detail": f"/division/{{division_id:{ID}}}/",
        "division.transformers": f"/division/{{division_id:{ID}}}/transformers/",
        "division.transformers.attribute": (
            f"/division/{{division_id:{ID}}}/transformers/{{attribute:[A-Za-z0-9_.-]{{1,64}}}}/"
        ),
        "api.page": "/api/",
        "api.openapi": "/api/openapi.json",
        "api.user": f"/api/user/{{user_id:{ID}}}/",
        "api.group": f"/api/group/{{group_id:{ID}}}/",
        "api.divisions": "/api/division/",
        "api.division": f"/api/division/{{division_id:{ID}}}/",
        "api.division.permission": f"/api/division/{{division_id:{ID}}}/{{permission:[a-z]+}}/",
        "api.entities": "/api/entities/",
        "api.ships": "/api/ships/",
        "api.filter": "/api/filter/{attribute:[a-z]+}/",
        "health.live": "/health/live",
        "health.ready": "/health/ready",
    }
    for name, pattern in routes.items():
        config.add_route(name, pattern)

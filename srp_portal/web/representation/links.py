"""Where things are: the URLs in documents, without the request that asked for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from srp_portal.domain.filters import Filters

#: What `next` and `prev` keep of the query (contract/http.md, "Documents").
KEPT_PARAMETERS = ("apikey", "fmt")


@dataclass(frozen=True, slots=True)
class Links:
    """The portal's address, and from it the address of everything in a document.

    origin: scheme and host without a slash. prefix: the path under which the portal is mounted,
    percent-encoded, empty or without a slash at its end. kept_query: what links to other pages of
    a list carry, encoded, without the question mark.
    """

    origin: str = ""
    prefix: str = ""
    site_name: str = ""
    kept_query: str = ""

    def user(self, user_id: int) -> str:
        """Path of a user's document."""
        return f"{self.prefix}/api/user/{user_id}/"

    def group(self, group_id: int) -> str:
        """Path of a group's document."""
        return f"{self.prefix}/api/group/{group_id}/"

    def division(self, division_id: int) -> str:
        """Path of a division's document."""
        return f"{self.prefix}/api/division/{division_id}/"

    def request(self, request_id: int) -> str:
        """Path of a request's page."""
        return f"{self.prefix}/request/{request_id}/"

    def listing(self, filters: Filters) -> str:
        """Path of a list in its canonical form: only the bare list ends in a slash."""
        return f"{self.prefix}/request/{filters.list_name}/{filters.url_path()}"

    def whole_list(self, list_name: str) -> str:
        """Path of a list without filters."""
        return f"{self.prefix}/request/{list_name}/"

    def names(self, attribute: str) -> str:
        """Path of the names that an attribute has in the requests that the reader may see."""
        return f"{self.prefix}/api/filter/{attribute}/"

    def page(self, filters: Filters, before: int | None = None) -> str:
        """URL of a page of a list, with the kept query.

        before: the id of a request, for the page with what comes right before it.
        """
        query = self.kept_query
        if before is not None:
            query = f"{query}&before={before}" if query else f"before={before}"
        url = self.absolute(self.listing(filters))
        return f"{url}?{query}" if query else url

    def feed(self, filters: Filters, suffix: str) -> str:
        """URL of a list's feed, such as the one with suffix `rss.xml`; it holds no API key."""
        path = self.listing(filters)
        return self.absolute(f"{path.removesuffix('/')}/{suffix}")

    def absolute(self, path: str) -> str:
        """The URL of one of the paths above."""
        return self.origin + path


def links_of(request: Any) -> Links:
    """The links for the answer to a request; `request.links`."""
    kept = [(name, value) for name in KEPT_PARAMETERS if (value := request.GET.get(name))]
    origin = request.host_url
    return Links(
        origin=origin,
        prefix=request.application_url.removeprefix(origin).rstrip("/"),
        site_name=request.portal.settings.site_name,
        kept_query=urlencode(kept),
    )

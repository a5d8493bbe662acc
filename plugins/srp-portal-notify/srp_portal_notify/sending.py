"""Posts a message; every failure becomes one error that holds nothing secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import requests

from srp_portal.plugin import PluginContext
from srp_portal_notify.targets import Target


class NotDelivered(Exception):
    """A message did not arrive; the portal calls again later, and tells an administrator why."""


class Answer(NamedTuple):
    """What the other side answered. retry_after: the header's text, or empty."""

    status: int
    body: bytes
    retry_after: str

    @property
    def is_good(self) -> bool:
        """Whether the message arrived."""
        return 200 <= self.status < 300


def post(context: PluginContext, target: Target, body: bytes, headers: Mapping[str, str]) -> Answer:
    """The answer to a JSON body, whatever its status; raises NotDelivered without an answer.

    Redirects are not followed: they would turn the message into a question.
    """
    try:
        response = context.http.post(
            target.url,
            data=body,
            headers={"Content-Type": "application/json", **headers},
            allow_redirects=False,
        )
    except requests.RequestException as error:
        # Its own words have the URL in them.
        raise NotDelivered(f"{target.host} can't be reached: {type(error).__name__}") from None
    return Answer(response.status_code, response.content, response.headers.get("Retry-After", ""))

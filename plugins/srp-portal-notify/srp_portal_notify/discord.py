"""Messages to a channel of Discord."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from srp_portal.plugin import PluginContext, RequestEvent
from srp_portal_notify import markdown
from srp_portal_notify.headers import batch_header
from srp_portal_notify.sending import Answer, NotDelivered, post
from srp_portal_notify.settings import NotifySettings
from srp_portal_notify.targets import Target
from srp_portal_notify.texts import known_to_all, line_facts, one_line
from srp_portal_notify.topics import topic_of

#: Discord's flag of messages under which no pictures of linked pages are shown.
_SUPPRESS_EMBEDS = 1 << 2


def send(
    events: Sequence[RequestEvent],
    target: Target,
    settings: NotifySettings,
    values: Mapping[int, Decimal | None],
    context: PluginContext,
) -> None:
    """Sends one message about all events; values: ISK by request. Raises NotDelivered."""
    message = {
        "content": content(events, settings, values),
        # Nobody is called by what a pilot wrote.
        "allowed_mentions": {"parse": []},
        "flags": _SUPPRESS_EMBEDS,
    }
    answer = post(context, target, json.dumps(message).encode(), {})
    if not answer.is_good:
        raise NotDelivered(_why(answer, target))


def content(
    events: Sequence[RequestEvent],
    settings: NotifySettings,
    values: Mapping[int, Decimal | None],
) -> str:
    """The text of the message, in Discord's Markdown and within its limit."""
    known = known_to_all(events, values)
    limit = markdown.LIMIT if len(events) == 1 else markdown.LINE_LIMIT
    lines = [_line(event, settings, known.get(event.request_id), limit) for event in events]
    if len(events) == 1:
        return lines[0]
    return markdown.paragraph(batch_header(events, settings, markdown.escape), lines)


def _line(event: RequestEvent, settings: NotifySettings, value: Decimal | None, limit: int) -> str:
    route = settings.route(event.division)
    template = route.templates[topic_of(event)]
    facts = line_facts(event, value, with_note=route.notes, escape=markdown.escape)
    link = "" if "url" in template.fields else event.url
    return markdown.line(template.render(facts), link, limit)


def _why(answer: Answer, target: Target) -> str:
    """What an administrator should know about a refusal."""
    told = _document(answer)
    if answer.status == 429:
        pause = one_line(str(told.get("retry_after", answer.retry_after)), 20) or "some"
        return f"Discord takes no more messages at the moment, and asks to wait {pause} seconds"
    if answer.status in (401, 403, 404, 410):
        return (
            f"Discord answered {answer.status}: the webhook of notify.{target.setting} is not"
            " there any more; make a new one in Discord, and put its URL into the setting"
        )
    words = one_line(str(told.get("message", "")), 100).replace(target.location, "…")
    return f"Discord answered {answer.status}" + (f": {words}" if words else "")


def _document(answer: Answer) -> dict[str, Any]:
    try:
        document = json.loads(answer.body)
    except ValueError:
        # A proxy's page, in the place of Discord's own answer.
        return {}
    return document if isinstance(document, dict) else {}

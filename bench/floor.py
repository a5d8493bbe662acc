"""The floor: WSGI without a framework that answers lists and a request as the portal does.

One indexed statement with the database's own driver, then the same document: orjson, a tree of
lxml, RSS as text. No key, no permissions, no counts: what stays when everything that makes a
portal is taken away.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

import orjson
from lxml import etree

Row = tuple[Any, ...]
Execute = Callable[[str, tuple[Any, ...]], list[Row]]

ROWS = 200
STATUSES = {
    "pending": ("evaluating", "incomplete", "approved"),
    "pay": ("approved",),
    "completed": ("paid", "rejected"),
}
_COLUMNS = (
    "r.id, r.status, r.is_withdrawn, r.base_payout, r.payout, r.version, r.details, "
    "r.submitted_at, r.killed_at, r.killmail_url, r.pilot, r.corporation, r.alliance, r.ship, "
    "r.system, r.constellation, r.region, r.division_id, d.name, r.submitter_id, u.name"
)
_FROM = (
    "FROM requests r JOIN divisions d ON d.id = r.division_id JOIN users u ON u.id = r.submitter_id"
)
_ACTIONS = (
    "(SELECT json_group_array(json_array(a.id, a.type, a.note, a.created_at, a.user_id, v.name)) "
    "FROM (SELECT * FROM actions WHERE request_id = r.id ORDER BY id DESC) a "
    "JOIN users v ON v.id = a.user_id)"
)
_MODIFIERS = (
    "(SELECT json_group_array(json_array(m.id, m.kind, m.amount, m.ratio, m.note, m.created_at, "
    "m.user_id, v.name, m.voided_at)) "
    "FROM (SELECT * FROM modifiers WHERE request_id = r.id ORDER BY id DESC) m "
    "JOIN users v ON v.id = m.user_id)"
)


class Floor:
    """The WSGI application. url: SQLAlchemy's, of SQLite or PostgreSQL."""

    def __init__(self, url: str, submitter_id: int) -> None:
        self._submitter_id = submitter_id
        self._is_sqlite = url.startswith("sqlite")
        self._execute = _sqlite(url) if self._is_sqlite else _postgresql(url)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        fmt = parse_qs(environ["QUERY_STRING"]).get("fmt", ["json"])[0]
        parts = environ["PATH_INFO"].strip("/").split("/")
        if parts[0] != "request":
            start_response("404 Not Found", [("Content-Length", "0")])
            return []
        if parts[1].isdigit():
            body = orjson.dumps(self._detail(int(parts[1])))
        else:
            page = int(parts[3]) if len(parts) > 3 else 1
            body = _WRITERS[fmt](self._rows(parts[1], page))
        headers = [("Content-Type", _TYPES[fmt]), ("Content-Length", str(len(body)))]
        start_response("200 OK", headers)
        return [body]

    def _rows(self, name: str, page: int) -> list[Row]:
        values: tuple[Any, ...] = ()
        where = ""
        if name == "personal":
            where, values = "WHERE r.submitter_id = ?", (self._submitter_id,)
        elif name in STATUSES:
            marks = ", ".join("?" * len(STATUSES[name]))
            where, values = f"WHERE r.status IN ({marks})", STATUSES[name]
        order = "ASC" if name == "pay" else "DESC"
        return self._execute(
            f"SELECT {_COLUMNS} {_FROM} {where} "
            f"ORDER BY r.submitted_at {order}, r.id {order} LIMIT ? OFFSET ?",
            (*values, ROWS, (page - 1) * ROWS),
        )

    def _detail(self, request_id: int) -> dict[str, Any]:
        statement = f"SELECT {_COLUMNS}, {_ACTIONS}, {_MODIFIERS} {_FROM} WHERE r.id = ?"
        if not self._is_sqlite:
            statement = statement.replace("json_group_array", "json_agg")
            statement = statement.replace("json_array", "json_build_array")
        *row, actions, modifiers = self._execute(statement, (request_id,))[0]
        return {
            **_document(tuple(row)),
            "actions": [
                {
                    "id": id_,
                    "note": note,
                    "timestamp": _http_time(at),
                    "type": type_,
                    "user": {"href": f"/api/user/{user}/", "id": user, "name": name},
                }
                for id_, type_, note, at, user, name in _list(actions)
            ],
            "current_user": {"href": "/api/user/1/", "id": 1, "name": "reader"},
            "modifiers": [
                {
                    "id": id_,
                    "note": note,
                    "timestamp": _http_time(at),
                    "type": kind,
                    "user": {"href": f"/api/user/{user}/", "id": user, "name": name},
                    "value": ratio / 100000 if amount is None else _plain(amount),
                    "value_str": f"{(ratio or amount) / 1000:.1f}% bonus",
                    "void": voided is not None,
                }
                for id_, kind, amount, ratio, note, at, user, name, voided in _list(modifiers)
            ],
            "valid_actions": ["approved", "incomplete", "rejected"],
        }


def _list(value: Any) -> list[Any]:
    found = json.loads(value) if isinstance(value, str) else value
    return found or []


def _sqlite(url: str) -> Execute:
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), check_same_thread=False)
    connection.execute("PRAGMA cache_size = -32000")
    return lambda statement, values: connection.execute(statement, values).fetchall()


def _postgresql(url: str) -> Execute:
    import psycopg

    connection = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)

    def execute(statement: str, values: tuple[Any, ...]) -> list[Row]:
        return connection.execute(statement.replace("?", "%s"), values, prepare=True).fetchall()

    return execute


def _plain(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def _pretty(hundredths: int) -> str:
    return f"{hundredths // 100:,}.{hundredths % 100:02d}"


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _http_time(value: Any) -> str:
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return (
        f"{_DAYS[at.weekday()]}, {at.day:02d} {_MONTHS[at.month - 1]} {at.year} "
        f"{at.hour:02d}:{at.minute:02d}:{at.second:02d} GMT"
    )


def _iso_time(value: Any) -> str:
    if isinstance(value, str):
        return value.replace(" ", "T").removesuffix(".000000")
    return value.replace(tzinfo=None).isoformat()


def _document(row: Row) -> dict[str, Any]:
    (
        id_, status, is_withdrawn, base, payout, _version, details, submitted, killed, killmail,
        pilot, corporation, alliance, ship, system, constellation, region,
        division_id, division, submitter_id, submitter,
    ) = row  # fmt: skip
    return {
        "alliance": alliance,
        "base_payout": _plain(base),
        "base_payout_str": _pretty(base),
        "constellation": constellation,
        "corporation": corporation,
        "details": details,
        "division": {
            "href": f"/api/division/{division_id}/",
            "id": division_id,
            "name": division,
        },
        "href": f"/request/{id_}/",
        "id": id_,
        "kill_timestamp": _http_time(killed),
        "killmail_url": killmail,
        "payout": _plain(payout),
        "payout_str": _pretty(payout),
        "pilot": pilot,
        "region": region,
        "ship": ship,
        "status": status,
        "submit_timestamp": _http_time(submitted),
        "submitter": {
            "href": f"/api/user/{submitter_id}/",
            "id": submitter_id,
            "name": submitter,
        },
        "system": system,
        "withdrawn": bool(is_withdrawn),
    }


def _json(rows: list[Row]) -> bytes:
    document = {
        "next": None,
        "prev": None,
        "request_count": len(rows),
        "requests": [_document(row) for row in rows],
        "total_payouts": "0.00",
        "total_payouts_str": "0.00",
    }
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


def _xml(rows: list[Row]) -> bytes:
    root = etree.Element("response", user="reader")
    requests = etree.SubElement(root, "requests", count=str(len(rows)))
    sub = etree.SubElement
    for (
        id_, status, _is_withdrawn, base, payout, _version, details, submitted, killed, killmail,
        pilot, corporation, alliance, ship, system, constellation, region,
        division_id, division, submitter_id, submitter,
    ) in rows:  # fmt: skip
        request = sub(requests, "request", id=str(id_), status=status)
        amounts = sub(request, "payout")
        sub(amounts, "base", pretty=_pretty(base)).text = _plain(base)
        sub(amounts, "computed", pretty=_pretty(payout)).text = _plain(payout)
        sub(request, "details").text = details
        victim = sub(request, "pilot")
        sub(victim, "alliance").text = alliance
        sub(victim, "corporation").text = corporation
        sub(victim, "name").text = pilot
        sub(request, "submit-timestamp").text = _iso_time(submitted)
        sub(request, "kill-timestamp").text = _iso_time(killed)
        sub(request, "division", id=str(division_id), name=division)
        sub(request, "submitter", id=str(submitter_id), name=submitter)
        sub(request, "killmail-url").text = killmail
        sub(request, "url").text = f"/request/{id_}/"
        sub(request, "ship").text = ship
        location = sub(request, "location")
        sub(location, "system").text = system
        sub(location, "constellation").text = constellation
        sub(location, "region").text = region
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _rss(rows: list[Row]) -> bytes:
    items = []
    for row in rows:
        id_, status, payout, submitted, killed = row[0], row[1], row[4], row[7], row[8]
        items.append(
            "<item>"
            f"<title>{escape(f'{row[10]}s {row[13]} in {row[14]} on {_http_time(killed)}')}</title>"
            f"<link>http://127.0.0.1/request/{id_}/</link>"
            f"<description>{escape(f'{status}, {_pretty(payout)} ISK, {row[18]}')}</description>"
            f'<guid isPermaLink="false">http://127.0.0.1/request/{id_}/#version-{row[5]}</guid>'
            f"<category>{escape(row[18])}</category><pubDate>{_http_time(submitted)}</pubDate>"
            f"<dc:creator>{escape(row[20])}</dc:creator></item>"
        )
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        "<title>Floor</title><link>http://127.0.0.1/</link><description>Floor</description>"
    )
    return f"{head}{''.join(items)}</channel></rss>".encode()


_WRITERS: dict[str, Callable[[list[Row]], bytes]] = {"json": _json, "xml": _xml, "rss": _rss}
_TYPES = {"json": "application/json", "xml": "application/xml", "rss": "application/rss+xml"}


def path_of(url: str) -> str:
    """The path and query of a URL."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"

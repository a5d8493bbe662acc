"""Texts without what may be secret in them: passwords and tokens in URLs, headers, assignments."""

from __future__ import annotations

import re

#: What stands for something that was left out.
GONE = "…"

_CLOSING = ">\"')]},.;:"
# Whatever may follow is taken to the next white space: quotes, commas and angle brackets stand in
# the middle of tokens as well, and only signs that close something are given back at the end.
_URL = re.compile(
    r"(?P<scheme>\b[a-z][a-z0-9+.-]{0,30}:\\?/\\?/)(?P<rest>\S*)",
    re.IGNORECASE | re.ASCII,
)
_ENCODED_URL = re.compile(
    r"(?P<scheme>\b[a-z][a-z0-9+.-]{0,30}%(?:25)*3A)%(?:25)*2F\S*", re.IGNORECASE | re.ASCII
)
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,62})"
_NAME = rf"(?:{_LABEL}\.){{1,10}}[a-z][a-z0-9-]{{1,62}}"
# A host as a URL has it: a name, an address, an address of version 6, and a port.
_HOST = re.compile(r"(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?", re.IGNORECASE | re.ASCII)
# Without a scheme: `//host/…`, or what is a host by its dots or its port, with a path or a query.
_BARE = re.compile(
    rf"(?<![\w./@:%-])(?P<host>(?://)?(?:[^\s/@\"'<>]{{1,200}}@)?"
    rf"(?:{_NAME}(?::[0-9]{{1,5}})?|[0-9.]{{7,15}}(?::[0-9]{{1,5}})?|localhost:[0-9]{{1,5}}))"
    rf"(?P<rest>[/?]\S*)",
    re.IGNORECASE | re.ASCII,
)
_SLASHES = re.compile(rf"(?<![\w./:%\\-])//(?P<host>{_LABEL}(?:\.{_LABEL})*)/\S*", re.IGNORECASE)
# Paths as urllib3 writes them, beside the host: "with url: /api/webhooks/1/SECRET (Caused by",
# "connection broken by '…': /api/webhooks/1/SECRET", "(url='/api/webhooks/1/SECRET')", and
# "https://discord.com:443 "POST /api/webhooks/1/SECRET HTTP/1.1" 204".
_PATH = re.compile(
    r"(?P<before>\burl: |['\")]: |\burl=|(?<=\d )\"(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) )"
    r"[\"']?/\S*"
)

_NAMES = (
    r"(?:secret|token|passw(?:or)?d|passphrase|passwd|pwd|api[_-]?key|access[_-]?key|private[_-]?key"
    r"|signing[_-]?key|x-[a-z-]*key|credentials?|authori[sz]ation|auth|bearer|hmac|signature|salt"
    r"|cookie|otp)"
)
_VALUE = r"(?:(?:bearer|basic|bot|token|digest)\s+)?(?:\"[^\"]*\"|'[^']*'|[^\s\"'&]+)"
_ASSIGNED = re.compile(
    rf"(?P<name>(?<![a-z0-9])(?:[a-z0-9_.-]{{0,60}}{_NAMES}[\"']?\s*[:=]"
    rf"|[a-z0-9_.-]{{0,60}}(?:key|sig|pin)=))(?P<space>\s*)(?!\*\*\*){_VALUE}",
    re.IGNORECASE | re.ASCII,
)
_BEARER = re.compile(r"(?P<word>\bbearer\s+)[^\s\"']+", re.IGNORECASE)

#: Parts of the names of settings, and of what is in them, whose values are shown to nobody.
_SECRET_PARTS = (
    "secret", "token", "pass", "pwd", "phrase", "key", "cred", "auth", "bearer", "hmac", "signing",
    "signature", "salt", "cookie", "session", "nonce", "seed", "jwt", "otp", "private", "cert",
)  # fmt: skip
_SECRET_WORDS = frozenset({"pin", "sig", "sign", "pw", "pat", "sid"})


def without_secrets(text: str) -> str:
    """The text; of URLs with any scheme, or none, no more than scheme and host.

    What is given to a name such as `password` or `Authorization` is left out as well.
    """
    text = _ENCODED_URL.sub(lambda match: match["scheme"] + GONE, text)
    text = _URL.sub(_host_alone, text)
    text = _PATH.sub(lambda match: f"{match['before']}/{GONE}", text)
    text = _BARE.sub(_bare_host_alone, text)
    text = _SLASHES.sub(lambda match: f"//{match['host']}/{GONE}", text)
    text = _ASSIGNED.sub(lambda match: match["name"] + match["space"] + GONE, text)
    return _BEARER.sub(lambda match: match["word"] + GONE, text)


def names_a_secret(name: str) -> bool:
    """Whether what goes by this name, such as a setting, is likely to be secret."""
    folded = name.casefold()
    words = set(re.split(r"[\W_]+", folded))
    return any(part in folded for part in _SECRET_PARTS) or bool(words & _SECRET_WORDS)


def _host_alone(match: re.Match[str]) -> str:
    rest = match["rest"].rstrip(_CLOSING)
    authority = re.split(r"[/?#\\]", rest, maxsplit=1)[0]
    user, at, host = authority.rpartition("@")
    # A password may hold any sign: `amqp://user:a/b@host` has its host behind it.
    is_clear = at or "@" not in rest or ":" not in authority
    found = _HOST.match(host) if is_clear else None
    shown = found[0] if found else GONE if rest else ""
    left = rest[len(user) + len(at) + len(shown) :] if found else ""
    if left.strip("/"):
        shown += f"/{GONE}"
    return match["scheme"] + shown + match["rest"][len(rest) :]


def _bare_host_alone(match: re.Match[str]) -> str:
    host = match["host"]
    slashes = "//" if host.startswith("//") else ""
    host = host.removeprefix("//").rpartition("@")[2]
    rest = match["rest"].rstrip(_CLOSING)
    left = f"/{GONE}" if rest.strip("/?") else ""
    return slashes + host + left + match["rest"][len(rest) :]

"""The pages that people see: the index, a kill page, and the choice of a character."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from srp_portal.sandbox.entities import Character, Loss
    from srp_portal.sandbox.universe import Universe

_STYLE = """
:root { color-scheme: dark; }
body { background: #12151c; color: #dfe3ec; font: 16px/1.5 system-ui, sans-serif;
  margin: 0 auto; max-width: 70rem; padding: 1.5rem; }
a { color: #8fc1ff; } h1, h2 { line-height: 1.2; }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; }
th, td { border-bottom: 1px solid #333a48; padding: .4rem .6rem; text-align: left;
  vertical-align: top; }
td.number { font-variant-numeric: tabular-nums; text-align: right; white-space: nowrap; }
code { background: #1e232e; border-radius: 4px; overflow-wrap: anywhere; padding: .1rem .3rem; }
ul.people { display: grid; gap: .75rem; list-style: none; padding: 0;
  grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); }
button { align-items: center; background: #1e232e; border: 1px solid #4a5366; border-radius: 8px;
  color: inherit; cursor: pointer; display: flex; font: inherit; gap: .75rem; padding: .6rem;
  text-align: left; }
ul.people button { height: 100%; width: 100%; }
button:hover { background: #283042; }
:focus-visible { outline: 3px solid #8fc1ff; outline-offset: 2px; }
img { border-radius: 6px; } small { color: #aab2c3; display: block; }
"""


def authorize(asked: Mapping[str, str], universe: Universe) -> str:
    """The page of the SSO; each character is a button of one form, which needs no script."""
    kept = {key: value for key, value in asked.items() if key not in {"character_id", "approve"}}
    fields = "".join(
        f'<input type="hidden" name="{escape(key)}" value="{escape(value)}">'
        for key, value in kept.items()
    )
    people = "".join(_choice(universe, each) for each in list(universe.characters.values()))
    scopes = (
        "".join(f"<li><code>{escape(each)}</code></li>" for each in asked["scope"].split())
        if (asked.get("scope", "").strip())
        else "<li>none: only who you are</li>"
    )
    client = escape(asked.get("client_id") or "An application without a client id")
    return _page(
        "Log in with a sandbox character",
        f"""<p>This plays EVE's single sign-on. <strong>{client}</strong> asks for:</p>
<ul>{scopes}</ul>
<h2 id="who">Who are you?</h2>
<form method="post" action="/sso/v2/oauth/authorize" aria-labelledby="who">{fields}
<input type="hidden" name="approve" value="1">
<ul class="people">{people}</ul></form>
<form method="post" action="/sso/v2/oauth/authorize">{fields}
<p><button type="submit" name="cancel" value="1">Cancel</button></p></form>""",
    )


def index(universe: Universe) -> str:
    """What there is in the sandbox, with links that can be submitted."""
    base = escape(universe.base_url)
    people = "".join(_person(universe, each) for each in list(universe.characters.values()))
    newest_first = sorted(universe.losses.values(), key=lambda loss: -loss.killmail_id)
    losses = "".join(_row(loss) for loss in newest_first)
    return _page(
        "Sandbox universe",
        f"""<p>A small copy of what surrounds a ship replacement portal: EVE's single sign-on
(<code>{base}/sso</code>), ESI (<code>{base}/esi</code>), the image server
(<code>{base}/images</code>) and zKillboard (<code>{base}/zkb</code>). It listens on this machine
only, everybody may be anybody here, and it forgets all when it stops.</p>
<p>Faults, fresh kills and changed pilots come from the control interface:
<a href="/control">{base}/control</a> says how.</p>
<h2>Characters</h2>
<table><thead><tr><th scope="col">Name</th><th scope="col">Corporation</th>
<th scope="col">Alliance</th><th scope="col">Id</th></tr></thead><tbody>{people}</tbody></table>
<h2>Losses</h2>
<p>Submit any of the three links of a loss.</p>
<table><thead><tr><th scope="col">Loss</th><th scope="col">Links</th><th scope="col">Value (ISK)
</th></tr></thead><tbody>{losses}</tbody></table>""",
    )


def kill(loss: Loss, universe: Universe) -> str:
    """The page of one killmail."""
    victim = loss.killmail["victim"]
    corporation = universe.corporations[victim["corporation_id"]].name
    alliance_id = victim.get("alliance_id")
    alliance = universe.alliances[alliance_id].name if alliance_id else "none"
    attackers = "".join(
        f"<li>{escape(_attacker(universe, each))}, {each['damage_done']:,} damage</li>"
        for each in loss.killmail["attackers"]
    )
    rows = {
        "Pilot": loss.pilot if loss.character_id else "none, a structure",
        "Corporation": corporation,
        "Alliance": alliance,
        "System": loss.system,
        "Time": f"{loss.killed_at:%Y-%m-%d %H:%M} UTC",
        "Value": f"{loss.value:,} ISK",
        "Remark": loss.note or "none",
    }
    table = "".join(
        f'<tr><th scope="row">{key}</th><td>{escape(value)}</td></tr>'
        for key, value in rows.items()
    )
    return _page(
        f"{loss.ship} of {loss.pilot}",
        f"""<p><img src="/images/types/{loss.ship_type_id}/render?size=128" width="128"
height="128" alt=""></p>
<table><tbody>{table}</tbody></table>
<h2>Links</h2>{_links(loss)}
<h2>Attackers</h2><ul>{attackers}</ul>
<p><a href="/">All of the sandbox</a></p>""",
    )


def missing(what: str) -> str:
    """A page that says that something does not exist."""
    return _page("Not here", f'<p>There is no {escape(what)}. <a href="/">All there is</a></p>')


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="icon" href="/images/alliances/1/logo?size=32">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )


def _choice(universe: Universe, character: Character) -> str:
    belongs = ", ".join(part for part in _belonging(universe, character) if part)
    return (
        f'<li><button type="submit" name="character_id" value="{character.id}">'
        f'<img src="/images/characters/{character.id}/portrait?size=64" width="48" height="48"'
        f' alt=""><span>{escape(character.name)}<small>{escape(belongs)}</small></span>'
        "</button></li>"
    )


def _belonging(universe: Universe, character: Character) -> tuple[str, str]:
    """Names of a character's corporation and alliance; no alliance is an empty name."""
    corporation = universe.corporations[character.corporation_id].name
    alliance_id = character.alliance_id
    return corporation, universe.alliances[alliance_id].name if alliance_id else ""


def _person(universe: Universe, character: Character) -> str:
    cells = (character.name, *_belonging(universe, character), str(character.id))
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


def _row(loss: Loss) -> str:
    note = f"<small>{escape(loss.note)}</small>" if loss.note else ""
    return (
        f"<tr><td>{escape(loss.pilot)}, {escape(loss.ship)} in {escape(loss.system)}, "
        f"{loss.killed_at:%Y-%m-%d}{note}</td><td>{_links(loss)}</td>"
        f'<td class="number">{loss.value:,}</td></tr>'
    )


def _links(loss: Loss) -> str:
    zkb, esi = escape(loss.zkb_url), escape(loss.esi_url)
    return (
        f'<a href="{zkb}">{zkb}</a><br><a href="{esi}">ESI</a><br>'
        f"<code>{escape(loss.killreport)}</code>"
    )


def _attacker(universe: Universe, attacker: dict[str, int]) -> str:
    if "character_id" in attacker:
        return universe.characters[attacker["character_id"]].name
    return universe.corporations[attacker["corporation_id"]].name

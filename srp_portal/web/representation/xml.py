"""Results as XML: the writer, and the general form of whatever has no published one.

`element` is open like `documents.document`: a result with an XML form of its own registers a
builder. Everything else is written from its JSON document by these rules: the root is `response`
with the reader's name as `user`; a key is an element, `_` written as `-`; a list is that element
with an `item` for each member; null is an empty element, booleans are `true` and `false`; a key
that can't name an element is an `entry` with the key as attribute `key`.
"""

from __future__ import annotations

import re
from functools import singledispatch
from typing import Any

from lxml import etree

from srp_portal.services.results import Reference
from srp_portal.web.representation.documents import document
from srp_portal.web.representation.links import Links

Element = etree._Element  # noqa: SLF001 - lxml has no public name for the type

#: XML 1.0, section 2.2: what no document may hold, not even as a character reference.
_UNCARRIED = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: What text can't hold as it is: markup, a carriage return, and what no document may hold.
_SPECIAL = re.compile("[^\t\n\x20-\x25\x27-\x3b\x3d\x3f-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPECIAL_IN_ATTRIBUTE = re.compile(
    "[^\x20\x21\x23-\x25\x27-\x3b\x3d\x3f-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
_REFERENCES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_REFERENCES_IN_ATTRIBUTE = _REFERENCES | str.maketrans({'"': "&quot;", "\t": "&#9;", "\n": "&#10;"})
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_\-]*", re.ASCII)


def carried(text: str) -> str:
    """The text with every character that XML can't carry replaced by U+FFFD."""
    # Nearly all text is printable, and isprintable is much faster than the search.
    return text if text.isprintable() else _UNCARRIED.sub("\ufffd", text)


def escaped(text: str) -> str:
    """The text as it stands between two tags; the same that lxml would write."""
    # Nearly no text needs it, and looking is much faster than replacing.
    if _SPECIAL.search(text) is None:
        return text
    return carried(text).translate(_REFERENCES)


def escaped_attribute(text: str) -> str:
    """The text as it stands between two double quotes; the same that lxml would write."""
    if _SPECIAL_IN_ATTRIBUTE.search(text) is None:
        return text
    return carried(text).translate(_REFERENCES_IN_ATTRIBUTE)


def child(parent: Element, tag: str, text: str | None = None, **attributes: str) -> Element:
    """A new last child; text and attributes may hold any character."""
    made = etree.SubElement(parent, tag)
    for name, value in attributes.items():
        made.set(name, carried(value))
    if text:
        made.text = carried(text)
    return made


def reference(parent: Element, tag: str, named: Reference) -> Element:
    """A user or a division by id and name."""
    return child(parent, tag, id=str(named.id), name=named.name)


def response(reader: Reference | None) -> Element:
    """The root of every document but errors."""
    root = etree.Element("response")
    if reader is not None:
        root.set("user", carried(reader.name))
    return root


@singledispatch
def element(result: object, links: Links) -> Element:
    """The root element of a result; in the general form unless a builder is registered."""
    built = dict(document(result, links))
    # The reader is on the root, where the published documents have it.
    built.pop("current_user", None)
    root = response(getattr(result, "reader", None))
    _fill(root, built)
    return root


@singledispatch
def dumps(result: object, links: Links) -> bytes:
    """A result as UTF-8 XML with a declaration. Raises TypeError for an unknown result.

    Open like `element`: what is long and often asked for may register a writer of its own.
    """
    return serialize(element(result, links))


def serialize(root: Element) -> bytes:
    """An element as a UTF-8 document."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _fill(parent: Element, value: Any) -> None:
    if isinstance(value, dict):
        for key, member in value.items():
            name = str(key)
            if _NAME.fullmatch(name):
                _fill(child(parent, name.replace("_", "-")), member)
            else:
                _fill(child(parent, "entry", key=name), member)
    elif isinstance(value, list | tuple):
        for member in value:
            _fill(child(parent, "item"), member)
    elif isinstance(value, bool):
        parent.text = "true" if value else "false"
    elif value is not None:
        parent.text = carried(str(value))

"""The published documents, and equality with them as contract/http.md defines it.

Equal after parsing, once what was added (keys, elements, attributes) is removed; XML in canonical
form, without white space between elements.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

FOLDER = Path(__file__).parent / "golden"


@pytest.fixture
def is_published_json() -> Callable[[bytes | str, str], None]:
    """Asserts that a JSON document equals the published one of that name."""
    return assert_equal_json


@pytest.fixture
def is_published_xml() -> Callable[[bytes, str], None]:
    """Asserts that an XML document equals the published one of that name."""
    return assert_equal_xml


def published_json(name: str) -> Any:
    """A published JSON document, parsed."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def without_added_keys(actual: Any, published: Any) -> Any:
    """The actual document without the keys that the published one doesn't have."""
    if isinstance(actual, dict) and isinstance(published, dict):
        return {
            key: without_added_keys(value, published[key])
            for key, value in actual.items()
            if key in published
        }
    if isinstance(actual, list) and isinstance(published, list):
        if len(actual) != len(published):
            return actual
        pairs = zip(actual, published, strict=True)
        return [without_added_keys(left, right) for left, right in pairs]
    return actual


def assert_equal_json(actual: bytes | str, name: str) -> None:
    """Fails unless the document equals the published one, numbers' and texts' types included."""
    published = published_json(name)
    kept = without_added_keys(json.loads(actual), published)
    # As text: to Python, 1, 1.0 and True are equal.
    assert json.dumps(kept, sort_keys=True, indent=1) == (
        json.dumps(published, sort_keys=True, indent=1)
    )


def assert_equal_xml(actual: bytes, name: str) -> None:
    """Fails unless the document equals the published one."""
    parser = etree.XMLParser(remove_blank_text=True)
    published = etree.fromstring((FOLDER / f"{name}.xml").read_bytes(), parser)
    parsed = etree.fromstring(actual, parser)
    _remove_added(parsed, published)
    assert etree.tostring(parsed, method="c14n2").decode() == (
        etree.tostring(published, method="c14n2").decode()
    )


def _remove_added(actual: Any, published: Any) -> None:
    for name in set(actual.attrib) - set(published.attrib):
        del actual.attrib[name]
    expected = iter(published)
    present = next(expected, None)
    for each in list(actual):
        # Additions may stand between the published elements, whose order is kept.
        if present is not None and each.tag == present.tag:
            _remove_added(each, present)
            present = next(expected, None)
        else:
            actual.remove(each)

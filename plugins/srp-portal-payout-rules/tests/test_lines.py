"""The line of every table, key and element of a TOML text."""

from __future__ import annotations

import json
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from srp_portal_payout_rules.toml_lines import line_at, lines_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("# a = 1\n\n", {}),
        ("a = 1", {("a",): 1}),
        ("\n \n  a.b = 1 # c = 1\nd = 2", {("a",): 3, ("a", "b"): 3, ("d",): 4}),
        ("[a]\nb = 1\n[c]\nd = 2", {("a",): 1, ("a", "b"): 2, ("c",): 3, ("c", "d"): 4}),
        (
            "[[a]]\nb = 1\n[[a]]\nb = 2",
            {("a",): 1, ("a", 0): 1, ("a", 0, "b"): 2, ("a", 1): 3, ("a", 1, "b"): 4},
        ),
        (
            "[[a]]\n[a.b]\nc = 1\n[[a]]\n[[a.b]]\n[[a.b]]\nc = 1",
            {
                ("a",): 1,
                ("a", 0): 1,
                ("a", 0, "b"): 2,
                ("a", 0, "b", "c"): 3,
                ("a", 1): 4,
                ("a", 1, "b"): 5,
                ("a", 1, "b", 0): 5,
                ("a", 1, "b", 1): 6,
                ("a", 1, "b", 1, "c"): 7,
            },
        ),
        (
            "a = [\n1, # one\n'two,]',\n\n[3, 4],\n]\nb = {c = 1, d = {e = '}'}}\nf = 5",
            {
                ("a",): 1,
                ("a", 0): 2,
                ("a", 1): 3,
                ("a", 2): 5,
                ("a", 2, 0): 5,
                ("a", 2, 1): 5,
                ("b",): 7,
                ("b", "c"): 7,
                ("b", "d"): 7,
                ("b", "d", "e"): 7,
                ("f",): 8,
            },
        ),
        (
            'a = """\nb = 1\n\\"""\n""""\nc = "\\"\\n#" # d = 1\ne = 1',
            {("a",): 1, ("c",): 5, ("e",): 6},
        ),
        ("a = '''\n[b]\n''\n'''\nc = '\\'\ne = 1", {("a",): 1, ("c",): 5, ("e",): 6}),
        (
            "a = ''\nb = \"\"\nc = []\nd = {}\ne = 1",
            {(key,): n for n, key in enumerate("abcde", 1)},
        ),
        (
            '"a.b" . \'c d\' = 1\n["\\u0041" . e]\nf=1979-05-27 07:32:00',
            {("a.b",): 1, ("a.b", "c d"): 1, ("A",): 2, ("A", "e"): 2, ("A", "e", "f"): 3},
        ),
        ("[a.b]\n[a]\nc = 1", {("a",): 1, ("a", "b"): 1, ("a", "c"): 3}),
    ],
)
def test_lines_when_a_text_is_read_then_are_those_of_its_tables_and_keys(text, expected):
    tomllib.loads(text)
    assert lines_of(text) == expected


def test_line_when_a_path_is_not_known_then_is_that_of_the_table_around_it():
    lines = lines_of("\n[a]\nb = 1")
    assert line_at(lines, ("a", "c", 5)) == 2
    assert line_at(lines, ("c",)) == 1


_TEXTS = st.text("ab1-_. =#[]{},\"'\\\n\té", max_size=4)
_VALUES = st.recursive(
    st.one_of(st.integers(), st.booleans(), _TEXTS, st.just(1.5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(_TEXTS, inner, max_size=3)
    ),
    max_leaves=5,
)
_TABLES = st.lists(st.dictionaries(_TEXTS, _VALUES, max_size=3), max_size=3)


def written(value):
    """A value in TOML; lists over several lines."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value)  # such a text is one of TOML's, too
    if isinstance(value, list):
        return "[\n" + "".join(f"{written(each)}, # ]\n" for each in value) + "]"
    if isinstance(value, dict):
        pairs = (f"{written(key)} = {written(each)}" for key, each in value.items())
        return "{" + ", ".join(pairs) + "}"
    return repr(value)


def paths(value, way=()):
    """Every path in a value."""
    if way:
        yield way
    inner = value.items() if isinstance(value, dict) else ()
    for key, each in enumerate(value) if isinstance(value, list) else inner:
        yield from paths(each, (*way, key))


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(_TEXTS, st.one_of(_VALUES, _TABLES), max_size=4))
def test_lines_when_any_document_is_read_then_every_path_in_it_has_its_line(document):
    tables = {key: value for key, value in document.items() if is_tables(value)}
    parts = [
        f"{written(key)} = {written(value)}\n"
        for key, value in document.items()
        if key not in tables
    ]
    for key, elements in tables.items():
        for element in elements:
            parts.append(f"[[{written(key)}]] # {{\n")
            parts.extend(f"{written(name)} = {written(each)}\n" for name, each in element.items())
    text = "".join(parts)
    assert tomllib.loads(text) == document
    lines = lines_of(text)
    assert set(lines) == set(paths(document))
    rows = text.split("\n")
    for path, line in lines.items():
        if isinstance(path[-1], str):
            assert written(path[-1]) in rows[line - 1]


def is_tables(value):
    return isinstance(value, list) and bool(value) and all(isinstance(e, dict) for e in value)

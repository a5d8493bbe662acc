"""Discord's Markdown and its limit."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from srp_portal_notify import markdown

LINK = "https://srp.example.com/request/1/"


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("Paxswill", "Paxswill"),
        ("WD-VTV", "WD-VTV"),
        ("*bold* _under_ ~~gone~~", r"\*bold\* \_under\_ \~\~gone\~\~"),
        ("`code` ||hidden||", r"\`code\` \|\|hidden\|\|"),
        ("[click](https://evil.example)", r"\[click\](https://evil.example)"),
        ("<@123> <https://x.example>", r"\<@123\> \<https://x.example\>"),
        ("# Title", r"\# Title"),
        ("- item", r"\- item"),
        ("+ item - x", r"\+ item - x"),
        ("a\\", "a\\\\"),
    ],
)
def test_words_when_they_hold_markdown_then_stay_words(words, written):
    assert markdown.escape(words) == written


@given(st.text())
def test_words_when_escaped_then_are_the_same_without_the_backslashes(words):
    escaped = markdown.escape(words)
    assert re.sub(r"\\([^0-9A-Za-z\s])", r"\1", escaped) == words
    assert not re.search(r"(?<!\\)(?:\\\\)*[*_~`|<>\[\]#]", escaped)


@given(st.text(), st.integers(2, 60))
def test_text_when_cut_then_keeps_the_limit_and_its_beginning(text, limit):
    cut = markdown.cut(text, limit)
    assert len(cut.encode("utf-16-le", "surrogatepass")) // 2 <= limit
    assert cut == text or (cut.endswith("…") and text.startswith(cut[:-1]))


def test_text_when_cut_inside_of_an_escape_then_the_ellipsis_is_not_escaped():
    assert markdown.cut(r"abc\*def", 5) == "abc…"
    assert markdown.cut(r"abc\\def", 6) == "abc\\\\…"


def test_line_when_the_text_is_long_then_the_link_stays_whole():
    line = markdown.line("x" * 5000, LINK, 2000)
    assert line.endswith(f"… <{LINK}>")
    assert len(line) == 2000


def test_line_when_the_link_takes_half_of_it_then_is_without():
    assert markdown.line("Guardian", "https://x.example/" + "a" * 1000, 2000) == "Guardian"


@given(st.lists(st.text(alphabet="a😀\\*", max_size=300), min_size=1, max_size=60))
def test_paragraph_when_too_long_then_counts_what_it_leaves_out(lines):
    lines = [markdown.cut(line, 300) for line in lines]
    text = markdown.paragraph("40 requests paid.", lines)
    assert markdown.size(text) <= markdown.LIMIT
    shown = text.split("\n")[1:]
    if shown == lines:
        return
    rest = re.fullmatch(r"… and (\d+) more", shown[-1])
    assert shown[:-1] == lines[: len(shown) - 1]
    assert int(rest[1]) + len(shown) - 1 == len(lines)
    # One more would not have fitted.
    taken = "\n".join(["40 requests paid.", *lines[: len(shown)]])
    assert markdown.size(taken) + len("\n… and 60 more") > markdown.LIMIT


def test_paragraph_when_everything_fits_then_nothing_is_left_out():
    lines = ["x" * 100] * 19
    assert markdown.paragraph("y" * 81, lines) == "\n".join(["y" * 81, *lines])

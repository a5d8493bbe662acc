"""Templates and scripts keep to the strict content security policy, and every form is guarded."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import srp_portal

WEB = Path(srp_portal.__file__).parent / "web"
TEMPLATES = sorted((WEB / "templates").glob("*.jinja2"))
STYLES = sorted((WEB / "static" / "css").glob("*.css"))
SCRIPTS = sorted((WEB / "static" / "js").glob("*.js"))

#: A loop's own words stand for names in an address: `static("css/" ~ sheet ~ ".css")`.
_STATIC = re.compile(r'static\("([^"]+)"\)')
_TAG = re.compile(r"<(?!/)[a-z][^>]*>", re.DOTALL)
_EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)


def name_of(path: Path) -> str:
    return path.name


def tags(path: Path) -> list[str]:
    """The opening tags of a template, its expressions left out."""
    return _TAG.findall(_EXPRESSION.sub("", path.read_text("utf-8")))


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_template_when_read_holds_nothing_inline_that_the_policy_forbids(template):
    for tag in tags(template):
        assert not re.search(r"\s(style|on[a-z]+)\s*=", tag), tag
        assert not tag.startswith(("<style", "<script>", "<iframe", "<object", "<embed")), tag
        assert "javascript:" not in tag, tag


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_template_when_it_posts_a_form_carries_the_token(template):
    text = template.read_text("utf-8")
    forms = re.findall(r'<form method="post".*?</form>', text, re.DOTALL)
    assert len(forms) == text.count('method="post"')
    assert all("csrf_field()" in form for form in forms)


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_template_when_it_shows_a_picture_keeps_its_place(template):
    for picture in re.findall(r"<img .*?>", template.read_text("utf-8"), re.DOTALL):
        for attribute in ("width=", "height=", "alt=", 'loading="lazy"'):
            assert attribute in picture, picture


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_template_when_it_names_a_file_names_one_that_is_there(template):
    for path in _STATIC.findall(template.read_text("utf-8")):
        assert (WEB / "static" / path).is_file(), path


def test_layout_when_it_links_sheets_and_scripts_names_files_that_are_there():
    text = (WEB / "templates" / "layout.jinja2").read_text("utf-8")
    (sheets,) = re.findall(r"for sheet in \[(.*?)\]", text)
    (modules,) = re.findall(r"for module in \[(.*?)\]", text)
    for sheet in re.findall(r'"(\w+)"', sheets):
        assert (WEB / "static" / "css" / f"{sheet}.css").is_file(), sheet
    for module in re.findall(r'"(\w+)"', modules):
        assert (WEB / "static" / "js" / f"{module}.js").is_file(), module


@pytest.mark.parametrize("sheet", STYLES, ids=name_of)
def test_style_sheet_when_it_loads_a_file_loads_one_of_ours(sheet):
    text = sheet.read_text("utf-8")
    assert "@import" not in text
    for path in re.findall(r'url\("([^"]+)"\)', text):
        assert (sheet.parent / path).is_file(), path


@pytest.mark.parametrize("script", SCRIPTS, ids=name_of)
def test_script_when_read_stands_alone(script):
    # A module imported by another would keep its old address when its content changes.
    text = script.read_text("utf-8")
    assert not re.search(r"^\s*(import|export)\b|\bimport\(", text, re.MULTILINE)
    assert not re.search(r"\beval\(|new Function\(|\.style\b|https?://(?!www\.w3\.org)", text)

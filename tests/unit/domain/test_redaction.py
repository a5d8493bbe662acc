"""Texts without what may be secret in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srp_portal.domain.redaction import names_a_secret, without_secrets

SIGNS = st.text(
    st.characters(categories=("L", "N", "P", "S"), exclude_characters="/?#@"), max_size=20
)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("https://u:S3CRET@h.example/S3CRET?q=S3CRET", "https://h.example/…"),
        ("amqp://u:S3CRET@mq.example/", "amqp://mq.example"),
        ("postgresql+psycopg://u:S3CRET@db/x", "postgresql+psycopg://db/…"),
        ("redis://:S3CRET@r:6379/0", "redis://r:6379/…"),
        ("amqp://u:S3/CRET@mq.example", "amqp://…"),
        ("https://[::1]:80/S3CRET", "https://[::1]:80/…"),
        ("https:\\/\\/h.example\\/S3CRET", "https:\\/\\/h.example/…"),
        ("?next=https%3A%2F%2Fh%2FS3CRET", "?next=https%3A…"),
        ("https://h/a,S3CRET https://h/a;S3CRET", "https://h/… https://h/…"),
        ("https://h/a|S3CRET https://h/a'S3CRET'", "https://h/… https://h/…'"),
        ('https://h/a"S3CRET https://h/x<S3CRET>.', "https://h/… https://h/…>."),
        ("discord.com/api/webhooks/1/S3CRET", "discord.com/…"),
        ("//hooks.example.com/S3CRET //intern/S3CRET", "//hooks.example.com/… //intern/…"),
        ("127.0.0.1:9/S3CRET localhost:80/S3CRET", "127.0.0.1:9/… localhost:80/…"),
        ("a.example?token=S3CRET", "a.example/…"),
        ("with url: /api/S3CRET (Caused by", "with url: /… (Caused by"),
        ("host=db user=u password=S3CRET", "host=db user=u password=…"),
        ("Authorization: Bearer S3CRET", "Authorization: …"),
        ("{'token': 'S3CRET', \"x-api-key\": \"S3CRET S3CRET\"}", "{'token': …, \"x-api-key\": …}"),
        ("sent as Bearer S3CRET", "sent as Bearer …"),
        ("a\nsecret=S3CRET\nb", "a\nsecret=…\nb"),
    ],
)
def test_text_when_it_holds_a_secret_then_only_that_is_left_out(text, clean):
    assert without_secrets(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        "KeyError: 'ship'",
        "key must be text, not 5",
        'File "/usr/lib/python3.11/site-packages/x.py", line 3',
        "module 'a.b' has no attribute 'c'",
        "1.5/2.0 and and/or, text/html",
        "srp_portal/web/x.py and ./rules.toml",
        "https://discord.com",
        "ftp://h:21",
    ],
)
def test_text_when_it_holds_none_then_stays(text):
    assert without_secrets(text) == text


@given(before=SIGNS, after=SIGNS)
def test_url_when_its_path_holds_any_signs_then_what_is_among_them_goes(before, after):
    assert "S3CRET" not in without_secrets(f"at https://h.example/{before}S3CRET{after} end")


@pytest.mark.parametrize(
    ("name", "is_secret"),
    [
        ("smtp.passwd", True),
        ("PIN", True),
        ("bot-pat", True),
        ("hmac_sha256", True),
        ("shipping", False),
        ("region", False),
        ("webhook_url", False),
    ],
)
def test_name_when_it_is_of_a_secret_then_is_known(name, is_secret):
    assert names_a_secret(name) is is_secret

"""Tokens of every form are found in every setting, and what only looks like one is not."""

from __future__ import annotations

import base64
import random
from pathlib import Path

import pytest

from flaskprod_lint import tokens
from flaskprod_lint.tokens.checksums import bech32, entra, marvin_of
from flaskprod_lint.tokens.form import TokenForm
from flaskprod_lint.tokens.scanning import _forms
from made_tokens import json_web_token, made, private_key

FORMS = _forms()
SETTINGS = (
    'TOKEN = "{}"',
    "TOKEN={}",
    "token: {}",
    '{{"token": "{}"}}',
    "curl -H 'Authorization: Bearer {}' https://api.example.com",
    "export API_TOKEN='{}'",
    "    {}",
    "<add value='{}'/>",
)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.name}-{form.prefix}")
def test_form_is_found(form: TokenForm) -> None:
    chance = random.Random(form.name + form.prefix)
    for setting in SETTINGS:
        token = made(form, chance)
        line = setting.format(token)
        found = [line[one.start : one.end] for one in tokens.find(line)]
        assert found == [token], (form.name, setting)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.name}-{form.prefix}")
def test_two_in_a_row_are_found(form: TokenForm) -> None:
    chance = random.Random(form.prefix)
    first, second = made(form, chance), made(form, chance)
    line = f"é: {first} {second}"
    assert [line[one.start : one.end] for one in tokens.find(line)] == [first, second]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.name}-{form.prefix}")
def test_only_the_prefix_is_shown(form: TokenForm) -> None:
    token = made(form, random.Random(form.name))
    assert [one.shown for one in tokens.find(f'"{token}"')] in ([form.prefix], [""])


@pytest.mark.parametrize("form", [form for form in FORMS if form.is_right], ids=lambda form: form.prefix)
def test_wrong_checksum_is_none(form: TokenForm) -> None:
    token = made(form, random.Random(7))
    other = "Q" if token[-9] != "Q" else "7"
    assert tokens.find(f'"{token[:-9]}{other}{token[-8:]}"') == []


def test_the_checksum_is_that_of_a_documented_token() -> None:
    """Of the revoked one that Grafana's documentation shows."""
    token = "glsa_yscW25imSKJIuav8zF37RZmnbiDvB05G" + "_fcaaf58a"
    assert [one.name for one in tokens.find(token)] == ["Grafana service account token"]


@pytest.mark.parametrize(
    ("seed", "data", "checksum"),
    [
        (0xD53CD9CECD0893B7, b"abc", 0x6BE02A86),
        (0x0DDDDEEEEFFFF000, b"abcdefghijklmnopqrstuvwxyz", 0xD34847DC),
        (0x004FB61A001BDBCC, b"", 0x302009BC),
        (0x004FB61A001BDBCC, b"\xaf", 0x3592E206),
        (0x004FB61A001BDBCC, b"\xe7\x0f", 0xFDAB5E04),
        (0x004FB61A001BDBCC, b"\x37\xf4\x95", 0x6B3C8B90),
    ],
)
def test_marvin_is_that_of_microsoft(seed: int, data: bytes, checksum: int) -> None:
    """The answers of the tests in https://github.com/microsoft/security-utilities."""
    assert marvin_of(data, seed) == checksum


def test_the_checksum_of_entra_is_that_of_microsoft() -> None:
    """Of the example in Microsoft's SEC101_156_AzureClientAppIdentifiableCredentials.cs."""
    assert entra("zzz8Q~" + "z" * 31 + "blP")
    assert not entra("zzz8Q~" + "z" * 31 + "blQ")


def test_the_checksum_of_age_is_that_of_its_specification() -> None:
    """Of the keys in https://github.com/C2SP/C2SP/blob/main/age.md, cut so that no scanner of this code finds them."""
    assert bech32("AGE-SECRET-KEY-PQ-1" + "XX76JRALNLXDMEW0CRK45QMCCH4X06SE84UN3VPM33W6HWDX0H3SK3ZQFR")
    assert bech32("AGE-SECRET-KEY-1" + "GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX")


def test_the_keys_of_everyones_own_supabase_are_none() -> None:
    assert tokens.find("sb_secret_" + "N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz") == []
    assert tokens.find(json_web_token(random.Random(3), iss="supabase-demo", role="service_role")) == []


def test_every_form_has_a_source() -> None:
    assert all(form.source.startswith("https://") for form in FORMS)


def test_the_forms_of_sixty_providers_are_confirmed() -> None:
    confirmed = {provider(form) for form in FORMS if form.confirmed}
    assert len(confirmed) >= 60, sorted(confirmed)


def provider(form: TokenForm) -> str:
    """Whose tokens they are: the first word of their name, or whose product that is."""
    word = form.name.split()[0]
    return {"Amazon": "AWS", "Claude": "Anthropic", "HCP": "HashiCorp", "Vault": "HashiCorp", "TestPyPI": "PyPI"}.get(
        word, word
    )


def test_the_page_lists_every_form_with_what_is_known_of_it() -> None:
    rows = (Path(__file__).parent.parent / "docs/tokens.md").read_text("utf-8").split("\n")
    for form in FORMS:
        where = f"]({form.source})" if form.confirmed else "*unconfirmed*"
        assert any(row.startswith(f"| {form.name} | `{form.prefix}`") and where in row for row in rows), form


def test_no_form_is_read_in_the_rules_of_a_scanner() -> None:
    scanners = ("gitleaks/gitleaks", "trufflesecurity", "Yelp/detect-secrets", "gitguardian", "semgrep", "kingfisher")
    assert [form.source for form in FORMS if any(name in form.source for name in scanners)] == []


@pytest.mark.parametrize(
    "line",
    [
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "ghp_0123456789abcdefghijABCDEFGHIJ012345",
        "sk_live_" + "0" * 24,
        "sk_live_yourStripeSecretKeyGoesHere12",
        "AKIAIOSFODNN7EXAMPLE",
        "xoxb-not-a-real-token",
        "SG.xxxxxxxxxxxxxxxxxxxxxx.yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy",
        "hf_" + "x" * 34,
        "a3f1c2" * 6 + "abcd",
        "sk_live_" + "ab12" * 6,
        "live_migration_of_the_whole_database_now",
        "md-typeset__scrollwrap__inner_x",
        "bdata:" + "A" * 30 + "8D8AAAAAAAAAQAAAAAAAAAhAAAAAAAAAEEAAAAAAAAAUQAAAAAAAABhAAAAAAAAAHEAAAAAAAAAgQA",
        "eyJhbGciOiJIUzI1NiJ9.not-a-payload-of-anything.sig-sig-sig-sig-sig-sig",
        "AccountKey=" + "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq" + "/K1SZFPTOtr/KBHBeksoGMGw==",
    ],
)
def test_made_up_ones_are_none(line: str) -> None:
    assert tokens.find(line) == []


def test_chance_may_begin_with_the_same_letter_thrice() -> None:
    assert tokens.find("sk_live_" + "aaaQ7hT2mWc9RkX4vNb8Lz")
    assert tokens.find("sk_live_" + "aB3" * 7 + "Q") == []


def test_a_token_as_the_user_of_an_address() -> None:
    assert [one.name for one in tokens.find("git clone https://dckr_pat_q8Wm3-Zx7Lp2Rt5Kv9Bn4Hs6JdQ@shop.dev/x")] == [
        "Docker Hub access token"
    ]


def test_an_expired_json_web_token_is_harmless() -> None:
    chance = random.Random(3)
    assert [one.harmless for one in tokens.find(json_web_token(chance, exp=1_600_000_000))] == [True]
    assert [one.harmless for one in tokens.find(json_web_token(chance, exp=4_102_444_800))] == [False]


def test_a_private_key_in_base64() -> None:
    key = base64.b64encode(private_key(random.Random(5)).encode()).decode()
    assert [one.name for one in tokens.find(f"client-key-data: {key}")] == ["RSA private key"]
    public = base64.b64encode(private_key(random.Random(5)).replace("PRIVATE", "PUBLIC").encode()).decode()
    assert tokens.find(f"certificate: {public}") == []


def test_json_web_tokens() -> None:
    chance = random.Random(3)
    assert [one.name for one in tokens.find(f"token={json_web_token(chance)}")] == ["JSON Web Token"]
    assert [one.public for one in tokens.find(json_web_token(chance, role="anon"))] == [True]
    assert tokens.find(json_web_token(chance).replace("user-", "").split(".")[0] + ".e30." + "x" * 43) == []
    assert tokens.find(json_web_token(chance, sub="1234567890", name="John Doe")) == []


@pytest.mark.parametrize("kind", ["RSA ", "EC ", "", "OPENSSH ", "DSA "])
@pytest.mark.parametrize("newline", ["\n", "\\n"])
def test_private_keys(kind: str, newline: str) -> None:
    key = private_key(random.Random(5), kind).replace("\n", newline)
    found = tokens.find(f'KEY = "{key}"')
    assert [one.name for one in found] == [f"{kind}private key"]
    assert found[0].shown == "-----BEGIN"


def test_keys_of_documentation_and_public_keys_are_none() -> None:
    assert tokens.find("-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----") == []
    assert tokens.find(private_key(random.Random(5)).replace("PRIVATE", "PUBLIC")) == []
    assert tokens.find("raise ValueError('no -----BEGIN PRIVATE KEY----- in the file')") == []


def test_encrypted_key_is_harmless() -> None:
    assert [one.harmless for one in tokens.find(private_key(random.Random(5), "ENCRYPTED "))] == [True]


def test_a_long_text_without_tokens_is_read_at_once() -> None:
    assert tokens.find("abcdefghij0123456789_" * 50_000) == []
    assert tokens.find("-----BEGIN PRIVATE KEY-----" * 3_000) == []

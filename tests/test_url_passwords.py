"""Passwords in addresses: whose they are by the host and by how the password looks."""

from __future__ import annotations

import pytest

from flaskprod_lint.resolve import url_passwords

PASSWORD = "q7Zx9Lp4" + "Vn2Rt8Km"


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://shop:{PASSWORD}@db.shop.dev/shop",
        f"postgresql://shop:{PASSWORD}@myshop.com:5432/shop",
        f"mysql://shop:{PASSWORD}@mysql/shop",
        f"https://{PASSWORD[:4]}:{PASSWORD}@sitemap-service.io/x",
        f"redis://:{PASSWORD}@company-cache.net:6379/0",
    ],
)
def test_password_is_found(url: str) -> None:
    assert [url[one.start : one.end] for one in url_passwords.find(url)] == [url.partition("@")[0] + "@" + _host(url)]


def _host(url: str) -> str:
    return url.partition("@")[2].partition("/")[0].partition(":")[0]


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://shop:{PASSWORD}@localhost/shop",
        f"postgresql://shop:{PASSWORD}@db.example.com/shop",
        "postgresql://user:password@myhost.com/shop",
        "mysql://myuser:mypassword@mydatabase.com/shop",
        "https://name:secret@yoursite.com",
        "amqp://shop:hunter@server",
        "postgresql://postgres.REF:PASSWORD@aws-1-eu-central-1.pooler.supabase.com:6543/postgres",
        "postgresql://postgres.REF:hunter2@...pooler.supabase.com:6543/postgres",
        "mysql://ADMIN:DB_PASSWORD@db.shop.dev/shop",
        "https://ci:YOUR_API_TOKEN@registry.shop.dev",
    ],
)
def test_documentation_is_none(url: str) -> None:
    assert list(url_passwords.find(url)) == []

"""Lock files: the address of an index with its password or token is found, and no hash ever is."""

from __future__ import annotations

import base64
import random
from pathlib import Path

import pytest

from flaskprod_lint.config import Config
from flaskprod_lint.linting import lint
from flaskprod_lint.resolve import committed, lock_files
from flaskprod_lint.resolve.versions import Reader
from flaskprod_lint.tokens.scanning import _forms
from made_tokens import made
from projects import write
from test_git import APP, call, commit

PASSWORD = "Zt5rW8" + "kQ1mVx"
TOKEN = made(next(form for form in _forms() if form.prefix == "ghp_"), random.Random(3))
HASH = "a3f1c2d9" * 8
LOCKS = {
    "poetry.lock": '[package.source]\ntype = "legacy"\nurl = "{}/simple"\n# sha256:' + HASH,
    "uv.lock": 'source = {{ registry = "{}/simple" }}\nhash = "sha256:' + HASH + '"\n',
    "pdm.lock": '[metadata]\nurl = "{}/a-1.whl#sha256=' + HASH + '"\n',
    "pylock.toml": 'index = "{}/simple"\nhashes = {{sha256 = "' + HASH + '"}}\n',
    "Pipfile.lock": '{{"_meta": {{"sources": [{{"url": "{}/simple"}}]}}, "hashes": ["sha256:' + HASH + '"]}}\n',
    "package-lock.json": '{{"resolved": "{}/a.tgz", "integrity": "sha512-' + "Ab+/" * 21 + '=="}}\n',
    "web/npm-shrinkwrap.json": '{{"resolved": "git+{}/a.git#' + "a3f1c2d9" * 5 + '"}}\n',
    "yarn.lock": 'a@^1:\n  resolved "{}/a.tgz#' + "a3f1c2d9" * 5 + '"\n',
    "pnpm-lock.yaml": "a: {{tarball: {}/a.tgz, integrity: sha512-" + "Ab+/" * 21 + "==}}\n",
    "Gemfile.lock": "GEM\n  remote: {}/\n",
    "Cargo.lock": 'source = "git+{}/a.git?rev=1#' + "a3f1c2d9" * 5 + '"\n',
    "composer.lock": '{{"url": "{}/a.zip", "reference": "' + "a3f1c2d9" * 5 + '"}}\n',
}
ADDRESSES = {
    "password": f"https://ci:{PASSWORD}@npm.shop.dev",
    "token": f"https://{TOKEN}@github.com",
    "token as password": f"https://x-access-token:{TOKEN}@github.com",
    "token as user": f"https://{TOKEN}:x-oauth-basic@github.com",
}


@pytest.mark.parametrize("address", ADDRESSES.values(), ids=ADDRESSES)
@pytest.mark.parametrize("path", LOCKS)
def test_login_in_an_address_is_found(path: str, address: str) -> None:
    text = LOCKS[path].format(address)
    ((_, found),) = committed.in_text(text, path)
    line = text.count("\n", 0, text.index(address)) + 1
    assert (found.at.line, found.aside, found.harmless) == (line, "", False)
    assert [one.name for _, one in Reader().read(path, text.encode())] == [found.name]


@pytest.mark.parametrize(
    "address",
    [
        "https://npm.shop.dev",
        "ssh://git@github.com",
        "git+ssh://git@github.com:22",
        "https://user:password@pypi.example.com",
        "https://${NPM_USER}:${NPM_PASSWORD}@npm.shop.dev",
        "https://$USER:$PASSWORD@npm.shop.dev",
        "https://registry.npmjs.org/@babel",
        "https://pkgs.shop.dev/a/-/b@1.0.0",
    ],
)
@pytest.mark.parametrize("path", LOCKS)
def test_address_without_a_login_is_none(path: str, address: str) -> None:
    text = LOCKS[path].format(address)
    assert committed.in_text(text, path) == []


def test_no_hash_is_one(tmp_path: Path) -> None:
    """Hashes of every length and alphabet, some that begin as a token does."""
    chance = random.Random(6)
    lines = []
    for number in range(3000):
        data = chance.randbytes(chance.choice([16, 20, 32, 48, 64]))
        shown = chance.choice([data.hex(), base64.b64encode(data).decode(), base64.b32encode(data).decode()])
        lines.append(f'    "package-{number}": "sha512-{shown}", "{shown}", {made(chance.choice(_forms()), chance)}')
    text = "\n".join(lines)
    for path in LOCKS:
        assert committed.in_text(text, path) == []
    assert len(committed.in_text(text, "other.txt")) > 1000
    write(tmp_path, {"app.py": APP, "yarn.lock": text})
    assert lint(tmp_path, Config(select=("credential-committed",))).findings == []


def test_lock_file_that_was_in_the_history(tmp_path: Path) -> None:
    call(tmp_path, "init", "-q")
    write(tmp_path, {"app.py": APP, "yarn.lock": LOCKS["yarn.lock"].format(ADDRESSES["password"])})
    came_in = commit(tmp_path, "in")
    write(tmp_path, {"yarn.lock": LOCKS["yarn.lock"].format("https://npm.shop.dev")})
    commit(tmp_path, "out")
    (finding,) = lint(tmp_path, Config(select=("credential-committed",), history=True)).findings
    assert (finding.at.path, finding.revision) == ("yarn.lock", came_in)


def test_what_was_read_in_a_lock_file_says_nothing_of_others() -> None:
    """A line that is no credential there may be one in another file."""
    reader, line = Reader(), f"key: {TOKEN}\n"
    assert reader.read("a/yarn.lock", line.encode() * 30) == []
    assert len(reader.read("a/yarn.txt", line.encode() * 30)) == 30
    assert lock_files.names_a_user(LOCKS["uv.lock"].format(ADDRESSES["token"]).encode())

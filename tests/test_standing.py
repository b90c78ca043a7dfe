"""What a file is for, by its path."""

from __future__ import annotations

import pytest

from flaskprod_lint.resolve.deployments import standing
from flaskprod_lint.resolve.options import Options


@pytest.mark.parametrize(
    ("path", "production"),
    [
        ("docker-compose.prod.yml", True),
        ("deploy/docker-compose.yml", True),
        (".ci/compose.cypress.yaml", False),
        ("compose.cypress.yaml", False),
        (".circleci/docker-compose.yml", False),
        ("docker-compose.dev.yml", False),
    ],
)
def test_standing_of_path(path: str, production: bool) -> None:
    assert standing.of_path(path, Options(), "").is_production is production

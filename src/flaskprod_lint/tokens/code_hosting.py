"""Tokens of places that host code, packages and builds."""

from __future__ import annotations

from flaskprod_lint.tokens.checksums import base62_crc
from flaskprod_lint.tokens.form import TokenForm

_GITHUB = (
    "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github"
)
#: Says that tokens may grow to 255 characters.
_GITHUB_LONGER = "https://github.blog/changelog/2021-03-31-authentication-token-format-updates-are-generally-available"
_GITHUB_KINDS = (
    ("GitHub personal access token", "ghp_"),
    ("GitHub OAuth token", "gho_"),
    ("GitHub user token of an app", "ghu_"),
    ("GitHub installation token of an app", "ghs_"),
)
_GITLAB = "https://docs.gitlab.com/security/tokens/#token-prefixes"
_ATLASSIAN = "https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/"
_SONAR = "https://docs.sonarsource.com/sonarqube-server/user-guide/managing-tokens/"

FORMS = (
    *(TokenForm(name, prefix, r"[A-Za-z0-9]{36}", _GITHUB, is_right=base62_crc) for name, prefix in _GITHUB_KINDS),
    *(TokenForm(name, prefix, r"[A-Za-z0-9_]{37,251}", _GITHUB_LONGER) for name, prefix in _GITHUB_KINDS),
    TokenForm(
        "GitHub installation token of an app",
        "ghs_",
        r"\d{1,12}_eyJ[\w-]{20,2000}\.[\w-]{20,4000}\.[\w-]{20,1000}",
        "https://github.blog/changelog/2026-05-15-github-app-installation-tokens-per-request-override-header/",
    ),
    TokenForm("GitHub refresh token", "ghr_", r"[A-Za-z0-9_]{36,251}", _GITHUB_LONGER),
    TokenForm("GitHub fine-grained token", "github_pat_", r"[A-Za-z0-9]{22}_[A-Za-z0-9]{59}", _GITHUB),
    TokenForm("GitLab personal access token", "glpat-", r"[\w-]{20,300}(?:\.[0-9a-z]{2}\.?[0-9a-z]{7,9})?", _GITLAB),
    TokenForm("GitLab OAuth application secret", "gloas-", r"[\w-]{20,64}", _GITLAB),
    TokenForm("GitLab deploy token", "gldt-", r"[\w-]{20,64}", _GITLAB),
    TokenForm("GitLab runner token", "glrt-", r"(?:t\d_)?[\w-]{20,300}(?:\.[0-9a-z]{2}\.?[0-9a-z]{7,9})?", _GITLAB),
    TokenForm("GitLab job token", "glcbt-", r"[0-9a-zA-Z]{1,5}_[\w-]{20,64}", _GITLAB),
    TokenForm("GitLab trigger token", "glptt-", r"[0-9a-f]{40}|[\w-]{20,64}", _GITLAB),
    TokenForm("GitLab feed token", "glft-", r"[\w-]{20,64}", _GITLAB),
    TokenForm("GitLab incoming mail token", "glimt-", r"[\w-]{25,64}", _GITLAB),
    TokenForm("GitLab agent token", "glagent-", r"[\w-]{50,64}", _GITLAB),
    TokenForm("GitLab SCIM token", "glsoat-", r"[\w-]{20,64}", _GITLAB),
    TokenForm("GitLab feature flags token", "glffct-", r"[\w-]{20,64}", _GITLAB),
    TokenForm("Atlassian API token", "ATATT3xFfGF0", r"[\w=-]{100,240}", _ATLASSIAN, mark="ATATT"),
    TokenForm(
        "Bitbucket access token",
        "ATCTT3xFfGN0",
        r"[\w=-]{100,240}",
        "https://support.atlassian.com/bitbucket-cloud/docs/access-tokens/",
        mark="ATCTT",
    ),
    TokenForm(
        "Bitbucket app password",
        "ATBB",
        r"[A-Za-z0-9]{28,32}",
        "https://support.atlassian.com/bitbucket-cloud/docs/app-passwords/",
    ),
    TokenForm(
        "npm access token",
        "npm_",
        r"[A-Za-z0-9]{36}",
        # It has a CRC-32, but no page says of what, so that it proves nothing.
        "https://github.blog/2021-09-23-announcing-npms-new-access-token-format/",
    ),
    TokenForm("PyPI API token", "pypi-AgEIcHlwaS5vcmc", r"[\w-]{50,1000}", "https://pypi.org/help/#apitoken"),
    TokenForm(
        "TestPyPI API token",
        "pypi-AgENdGVzdC5weXBpLm9yZw",
        r"[\w-]{50,1000}",
        "https://test.pypi.org/help/#apitoken",
        harmless=True,
    ),
    TokenForm("RubyGems API key", "rubygems_", r"[0-9a-f]{48}", "https://guides.rubygems.org/api-key-scopes/"),
    TokenForm(
        "crates.io API token", "cio", r"[A-Za-z0-9]{32}", "https://doc.rust-lang.org/cargo/reference/publishing.html"
    ),
    TokenForm(
        "Clojars deploy token", "CLOJARS_", r"[0-9a-f]{60}", "https://github.com/clojars/clojars-web/wiki/Deploy-Tokens"
    ),
    TokenForm("NuGet API key", "oy2", r"[a-z2-7]{43}", "https://github.com/microsoft/security-utilities"),
    TokenForm(
        "Docker Hub access token", "dckr_pat_", r"[\w-]{27,64}", "https://docs.docker.com/security/access-tokens/"
    ),
    TokenForm(
        "Docker Hub organization token",
        "dckr_oat_",
        r"[\w-]{32,64}",
        "https://docs.docker.com/enterprise/security/access-tokens/",
    ),
    TokenForm(
        "Artifactory API key",
        "AKCp",
        r"[A-Za-z0-9]{69}",
        "https://jfrog.com/help/r/jfrog-platform-administration-documentation/user-profile",
    ),
    TokenForm(
        "Artifactory reference token",
        "cmVmdGtuOj",
        r"[A-Za-z0-9]{54}",
        "https://jfrog.com/help/r/jfrog-platform-administration-documentation/reference-token",
    ),
    TokenForm("SonarQube user token", "squ_", r"[0-9a-f]{40}", _SONAR),
    TokenForm("SonarQube project token", "sqp_", r"[0-9a-f]{40}", _SONAR),
    TokenForm("SonarQube analysis token", "sqa_", r"[0-9a-f]{40}", _SONAR),
    TokenForm(
        "Buildkite user token", "bkua_", r"[0-9a-z]{40,64}", "https://buildkite.com/docs/apis/managing-api-tokens"
    ),
    TokenForm(
        "CircleCI personal token",
        "CCIPAT_",
        r"[A-Za-z0-9]{22}_[0-9a-f]{40}",
        "https://circleci.com/docs/managing-api-tokens/",
    ),
    TokenForm(
        "CircleCI project token",
        "CCIPRJ_",
        r"[A-Za-z0-9]{22}_[0-9a-f]{40}",
        "https://circleci.com/docs/managing-api-tokens/",
    ),
    TokenForm(
        "Octopus Deploy API key",
        "API-",
        r"[A-Z0-9]{26,32}",
        "https://octopus.com/docs/octopus-rest-api/how-to-create-an-api-key",
    ),
    TokenForm(
        "Prefect API key",
        "pnu_",
        r"[A-Za-z0-9]{36}",
        "https://docs.prefect.io/v3/how-to-guides/cloud/manage-users/api-keys",
    ),
    TokenForm(
        "Pulumi access token",
        "pul-",
        r"[0-9a-f]{40}",
        "https://www.pulumi.com/docs/pulumi-cloud/access-management/access-tokens/",
    ),
    TokenForm(
        "HCP Terraform token",
        "atlasv1.",
        r"[\w-]{60,70}",
        "https://developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens",
        before=r"\b[A-Za-z0-9]{14}\.",
    ),
    TokenForm(
        "Postman API key",
        "PMAK-",
        r"[0-9a-f]{24}-[0-9a-f]{34}",
        "https://learning.postman.com/docs/developer/postman-api/authentication/",
    ),
)

"""Tokens of places that host code, packages and builds."""

from __future__ import annotations

from flaskprod_lint.tokens.checksums import base62_crc
from flaskprod_lint.tokens.form import TokenForm

_GITHUB = (
    "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github"
)
#: Says which letters tokens are made of, and that they may grow to 255.
_GITHUB_LONGER = "https://github.blog/changelog/2021-03-31-authentication-token-format-updates-are-generally-available"
_GITHUB_KINDS = (
    ("GitHub personal access token", "ghp_"),
    ("GitHub OAuth token", "gho_"),
    ("GitHub user token of an app", "ghu_"),
    ("GitHub installation token of an app", "ghs_"),
)
#: The prefixes. Of the rest it says nothing: tokens that know their cell end in two more parts.
_GITLAB = "https://docs.gitlab.com/security/tokens/#token-prefixes"
_GITLAB_KINDS = (
    ("GitLab personal access token", "glpat-"),
    ("GitLab OAuth application secret", "gloas-"),
    ("GitLab deploy token", "gldt-"),
    ("GitLab runner token", "glrt-"),
    ("GitLab runner token", "glrtr-"),
    ("GitLab job token", "glcbt-"),
    ("GitLab trigger token", "glptt-"),
    ("GitLab feed token", "glft-"),
    ("GitLab incoming mail token", "glimt-"),
    ("GitLab agent token", "glagent-"),
    ("GitLab workspace token", "glwt-"),
    ("GitLab SCIM token", "glsoat-"),
    ("GitLab feature flags token", "glffct-"),
)
_ATLASSIAN = "https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/"
_DOCKER = "https://docs.docker.com/reference/api/ai-governance/api.yaml"
#: The letter of each kind; the other part is made in
#: server/sonar-webserver-auth/src/main/java/org/sonar/server/usertoken/TokenGeneratorImpl.java.
_SONAR = (
    "https://github.com/SonarSource/sonarqube/blob/master/server/sonar-db-dao/src/main/java/org/sonar/db/user/"
    "TokenType.java"
)
_BUILDKITE = "https://github.com/buildkite/docs/blob/main/pages/platform/security/tokens.md"
_CIRCLECI = "https://circleci.com/changelog/new-format-for-api-access-tokens/"
_PYPI = "https://github.com/pypi/warehouse/blob/main/docs/user/api/secrets.md"
_PREFECT = "https://docs.prefect.io/v3/how-to-guides/cloud/troubleshoot-cloud"

FORMS = (
    *(
        TokenForm(name, prefix, r"[A-Za-z0-9]{36}", _GITHUB, is_right=base62_crc, confirmed=True)
        for name, prefix in _GITHUB_KINDS
    ),
    *(
        TokenForm(name, prefix, r"[A-Za-z0-9_]{37,251}", _GITHUB_LONGER, confirmed=True)
        for name, prefix in _GITHUB_KINDS
    ),
    TokenForm(
        "GitHub installation token of an app",
        "ghs_",
        r"\d{1,12}_eyJ[\w-]{20,2000}\.[\w-]{20,4000}\.[\w-]{20,1000}",
        "https://github.blog/changelog/2026-05-15-github-app-installation-tokens-per-request-override-header/",
        confirmed=True,
    ),
    TokenForm("GitHub refresh token", "ghr_", r"[A-Za-z0-9_]{36,251}", _GITHUB_LONGER, confirmed=True),
    TokenForm("GitHub fine-grained token", "github_pat_", r"(?=\w*\d)[A-Za-z0-9_]{60,244}", _GITHUB, confirmed=True),
    *(
        TokenForm(
            name,
            prefix,
            r"(?=[\w-]*\d)[\w-]{20,300}(?:\.[0-9a-z]{2}\.?[0-9a-z]{7,9})?",
            _GITLAB,
            confirmed=True,
        )
        for name, prefix in _GITLAB_KINDS
    ),
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
        # 178 bits in base 62, which are thirty letters, and six of a CRC-32: but no page says of what, so that it
        # proves nothing.
        r"[A-Za-z0-9]{36}",
        "https://github.blog/security/announcing-npms-new-access-token-format",
        confirmed=True,
    ),
    TokenForm("PyPI API token", "pypi-AgEIcHlwaS5vcmc", r"[\w-]{70,1000}", _PYPI, confirmed=True),
    TokenForm(
        "TestPyPI API token",
        "pypi-AgENdGVzdC5weXBpLm9yZw",
        r"[\w-]{63,1000}",
        _PYPI,
        harmless=True,
        confirmed=True,
    ),
    TokenForm(
        "RubyGems API key",
        "rubygems_",
        r"[0-9a-f]{48}",
        "https://github.com/rubygems/rubygems.org/blob/master/app/controllers/concerns/api_keyable.rb",
        confirmed=True,
    ),
    TokenForm(
        "crates.io API token",
        "cio",
        r"[A-Za-z0-9]{32}",
        "https://github.com/rust-lang/crates.io/blob/main/crates/crates_io_database/src/utils/token.rs",
        confirmed=True,
    ),
    TokenForm(
        "Clojars deploy token",
        "CLOJARS_",
        r"[0-9a-f]{60}",
        "https://github.com/clojars/clojars-web/blob/main/src/clojars/db.clj",
        confirmed=True,
    ),
    # Base 32 of what begins with `v4`.
    TokenForm(
        "NuGet API key",
        "oy2",
        r"[a-p][a-z2-7]{42}",
        "https://github.com/NuGet/NuGetGallery/blob/main/src/NuGetGallery.Services/Authentication/ApiKeyV4.cs",
        confirmed=True,
    ),
    TokenForm("Docker Hub access token", "dckr_pat_", r"[\w-]{27,64}", _DOCKER, confirmed=True),
    TokenForm("Docker Hub organization token", "dckr_oat_", r"[\w-]{27,64}", _DOCKER, confirmed=True),
    TokenForm(
        "Artifactory API key",
        "AKCp8",
        r"[A-Za-z0-9]{68,80}",
        "https://github.com/jfrog/jfrog-client-go/blob/master/http/httpclient/client.go",
        confirmed=True,
    ),
    TokenForm(
        "Artifactory reference token",
        "cmVmdGtuOj",
        r"[A-Za-z0-9]{54}",
        "https://jfrog.com/help/r/jfrog-platform-administration-documentation/understanding-identity-tokens",
        confirmed=True,
    ),
    TokenForm("SonarQube user token", "squ_", r"[0-9a-f]{40}", _SONAR, confirmed=True),
    TokenForm("SonarQube project token", "sqp_", r"[0-9a-f]{40}", _SONAR, confirmed=True),
    TokenForm("SonarQube analysis token", "sqa_", r"[0-9a-f]{40}", _SONAR, confirmed=True),
    *(
        TokenForm(name, prefix, r"(?=[\w-]*\d)[\w-]{40,400}", _BUILDKITE, confirmed=True)
        for name, prefix in (
            ("Buildkite user token", "bkua_"),
            ("Buildkite agent token", "bkct_"),
            ("Buildkite agent registration token", "bkar_"),
            ("Buildkite registry token", "bkpt_"),
            ("Buildkite portal token", "bkpat_"),
            ("Buildkite portal secret", "bkps_"),
        )
    ),
    # A UUID in base 58, and twenty bytes.
    *(
        TokenForm(name, prefix, r"[1-9A-HJ-NP-Za-km-z]{21,22}_[0-9a-f]{40}", _CIRCLECI, confirmed=True)
        for name, prefix in (("CircleCI personal token", "CCIPAT_"), ("CircleCI project token", "CCIPRJ_"))
    ),
    TokenForm(
        "Octopus Deploy API key",
        "API-",
        r"[A-Z0-9]{26,32}",
        "https://github.com/OctopusDeploy/cli/blob/main/README.md",
        confirmed=True,
    ),
    TokenForm("Prefect API key", "pnu_", r"[A-Za-z0-9]{36}", _PREFECT, confirmed=True),
    TokenForm("Prefect service account key", "pnb_", r"[A-Za-z0-9]{36}", _PREFECT, confirmed=True),
    TokenForm(
        "Pulumi access token",
        "pul-",
        r"[0-9a-f]{40}",
        "https://github.com/pulumi/pulumi/blob/master/sdk/go/common/workspace/credstore_test.go",
        confirmed=True,
    ),
    TokenForm(
        "HCP Terraform token",
        "atlasv1.",
        r"[\w-]{60,70}",
        "https://developer.hashicorp.com/terraform/cloud-docs/api-docs/user-tokens",
        before=r"\b[A-Za-z0-9]{14}\.",
        confirmed=True,
    ),
    TokenForm(
        "Postman API key",
        "PMAK-",
        r"[0-9a-f]{24}-[0-9a-f]{34}",
        "https://github.com/postmanlabs/postman-mcp-server/blob/main/src/telemetry/client.ts",
        confirmed=True,
    ),
)

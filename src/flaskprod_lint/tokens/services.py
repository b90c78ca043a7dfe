"""Tokens of databases, monitoring and other services that apps talk to."""

from __future__ import annotations

from flaskprod_lint.tokens.checksums import hexadecimal_crc
from flaskprod_lint.tokens.form import TokenForm

_SUPABASE = "https://github.com/supabase/cli/blob/develop/apps/cli-go/"
_NEWRELIC = "https://github.com/newrelic/newrelic-cli/blob/main/internal/utils/utils.go"
_NEWRELIC_KEYS = "https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/"
_SENTRY = "https://github.com/getsentry/sentry-cli/blob/master/src/utils/auth_token/"
_POSTHOG = "https://github.com/PostHog/posthog/blob/master/posthog/models/utils.py"
_MAPBOX = "https://docs.mapbox.com/api/accounts/tokens.md"
_DYNATRACE = "https://docs.dynatrace.com/docs/manage/identity-access-management/access-tokens-and-oauth-clients/"
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

FORMS = (
    # Databases
    TokenForm(
        "MongoDB Atlas service account secret",
        "mdb_sa_sk_",
        r"[\w-]{40}",
        "https://www.mongodb.com/docs/atlas/api/service-accounts-overview/",
    ),
    TokenForm(
        "PlanetScale password",
        "pscale_pw_",
        r"[\w=.-]{32,64}",
        "https://github.com/planetscale/docs/blob/main/docs/tutorials/connect-any-application.md",
        mark="pscale_",
        confirmed=True,
    ),
    TokenForm(
        "PlanetScale token",
        "pscale_tkn_",
        r"[\w=.-]{32,64}",
        "https://github.com/planetscale/cli/blob/main/internal/config/config.go",
        mark="pscale_",
        confirmed=True,
    ),
    TokenForm(
        "PlanetScale OAuth token",
        "pscale_oauth_",
        r"[\w=.-]{32,64}",
        "https://planetscale.com/docs/concepts/planetscale-security#password-security",
        mark="pscale_",
    ),
    # The keys that Supabase's own command gives to everybody's machine are made so.
    TokenForm(
        "Supabase secret key",
        "sb_secret_",
        r"[\w-]{22}_[\w-]{8}",
        f"{_SUPABASE}pkg/config/apikeys.go",
        confirmed=True,
    ),
    TokenForm(
        "Supabase publishable key",
        "sb_publishable_",
        r"[\w-]{22}_[\w-]{8}",
        f"{_SUPABASE}pkg/config/apikeys.go",
        public=True,
        confirmed=True,
    ),
    TokenForm(
        "Supabase access token",
        "sbp_",
        r"(?:oauth_|v\d_)?[0-9a-f]{40}",
        f"{_SUPABASE}internal/utils/access_token.go",
        confirmed=True,
    ),
    TokenForm("Neon API key", "napi_", r"[a-z0-9]{40,80}", "https://neon.com/docs/manage/api-keys"),
    TokenForm(
        "CockroachDB Cloud key",
        "CCDB1_",
        r"[A-Za-z0-9]{22}_[A-Za-z0-9]{40}",
        "https://github.com/cockroachdb/terraform-provider-cockroach/blob/main/internal/provider/api_key_resource.go",
        confirmed=True,
    ),
    TokenForm(
        "Confluent Cloud API secret",
        "cflt",
        r"[A-Za-z0-9+/]{56,64}",
        "https://docs.confluent.io/cloud/current/using/api-keys.html",
        mark="cflt",
        confirmed=True,
    ),
    TokenForm(
        "ClickHouse Cloud secret",
        "4b1d",
        r"[A-Za-z0-9]{38}",
        "https://github.com/ClickHouse/terraform-provider-clickhouse/blob/main/docs/index.md",
        confirmed=True,
    ),
    TokenForm(
        "Databricks token",
        "dapi",
        r"[0-9a-f]{32}(?:-\d)?",
        "https://github.com/microsoft/security-utilities/blob/main/src/Microsoft.Security.Utilities.Core/"
        "PreciselyClassifiedSecurityKeys/SEC101_110.AzureDatabricksPat.cs",
        confirmed=True,
    ),
    # Monitoring
    TokenForm(
        "Grafana service account token",
        "glsa_",
        r"[A-Za-z0-9]{32}_[0-9a-fA-F]{8}",
        "https://github.com/grafana/grafana/blob/main/pkg/components/satokengen/tokengen.go",
        is_right=hexadecimal_crc,
        confirmed=True,
    ),
    TokenForm(
        "Grafana Cloud token",
        "glc_eyJ",
        r"[A-Za-z0-9+/]{32,400}={0,3}",
        "https://grafana.com/docs/grafana-cloud/security-and-account-management/authentication-and-permissions/access-policies/",
        mark="glc_",
    ),
    TokenForm("New Relic user key", "NRAK-", r"[A-Z0-9]{27}", _NEWRELIC, confirmed=True),
    TokenForm("New Relic insert key", "NRII-", r"[A-Za-z0-9_-]{32}", _NEWRELIC_KEYS),
    # Forty characters; those of the European Union begin with eu01xx.
    TokenForm(
        "New Relic license key",
        "NRAL",
        "",
        _NEWRELIC,
        before=r"(?<!\w)(?:eu01xx[0-9a-fA-F]{30}|[0-9a-fA-F]{36})",
        confirmed=True,
    ),
    TokenForm("New Relic browser key", "NRJS-", r"[0-9a-f]{19}", _NEWRELIC_KEYS, public=True),
    TokenForm(
        "Sentry organization token",
        "sntrys_",
        r"eyJ[A-Za-z0-9+/=]{60,400}_[A-Za-z0-9+/]{43}",
        f"{_SENTRY}org_auth_token.rs",
        mark="sntrys_",
        confirmed=True,
    ),
    TokenForm("Sentry user token", "sntryu_", r"[0-9a-f]{64}", f"{_SENTRY}user_auth_token.rs", confirmed=True),
    TokenForm(
        "Dynatrace token",
        "dt0c01.",
        r"[A-Z0-9]{24}\.[A-Z0-9]{64}",
        f"{_DYNATRACE}access-tokens-legacy",
        confirmed=True,
    ),
    TokenForm(
        "Dynatrace SCIM token",
        "dt0s01.",
        r"[A-Z0-9]{24}\.[A-Z0-9]{64}",
        f"{_DYNATRACE}access-tokens-legacy",
        confirmed=True,
    ),
    # The third letter is the place, `k` or `c` the kind of team: hcaik_, hcbik_, hcaic_.
    TokenForm(
        "Honeycomb ingest key",
        "hc",
        r"[a-z]i[kc]_[a-z0-9]{58}",
        "https://github.com/honeycombio/libhoney-go/blob/main/libhoney.go",
        confirmed=True,
    ),
    # A number of 256 bits in base 62.
    TokenForm("PostHog personal key", "phx_", r"[A-Za-z0-9]{40,60}", _POSTHOG, confirmed=True),
    TokenForm("PostHog project key", "phc_", r"[A-Za-z0-9]{40,60}", _POSTHOG, public=True, confirmed=True),
    TokenForm(
        "Logfire token",
        "pylf_v",
        rf"\d{{1,2}}_(?:[a-z]{{2,12}}_)?(?:{_UUID}_)?[A-Za-z0-9]{{40,60}}",
        "https://github.com/pydantic/logfire/blob/main/logfire/_internal/auth.py",
        confirmed=True,
    ),
    TokenForm(
        "LaunchDarkly SDK key",
        "sdk-",
        _UUID,
        "https://github.com/launchdarkly/python-server-sdk/blob/main/ldclient/testing/test_config.py",
        confirmed=True,
    ),
    # Read there, but an id of anybody's may begin so.
    TokenForm(
        "LaunchDarkly access token",
        "api-",
        _UUID,
        "https://github.com/launchdarkly/ldcli/blob/main/README.md",
    ),
    TokenForm(
        "Unleash token",
        ".",
        r"[0-9a-f]{56}",
        "https://github.com/Unleash/unleash-client-python/blob/main/docs/celery.rst",
        before=r"(?<![\w*\]-])(?:\*|\[\]|[A-Za-z][\w-]{0,60}):[a-z][\w-]{1,40}",
        confirmed=True,
    ),
    TokenForm(
        "Flagsmith server-side key",
        "ser.",
        r"(?=[A-Za-z]*\d)(?=[a-z0-9]*[A-Z])(?=[A-Z0-9]*[a-z])[A-Za-z0-9]{20,24}",
        "https://github.com/Flagsmith/flagsmith-python-client/blob/main/flagsmith/flagsmith.py",
        confirmed=True,
    ),
    *(
        TokenForm(name, prefix, _UUID, "https://github.com/axiomhq/axiom-go/blob/main/README.md", confirmed=True)
        for name, prefix in (("Axiom API token", "xaat-"), ("Axiom personal token", "xapt-"))
    ),
    # Others
    TokenForm(
        "Sourcegraph access token",
        "sgp_",
        r"(?:[0-9a-z]{1,40}_)?[0-9a-f]{40}",
        "https://github.com/sourcegraph/src-cli/blob/main/cmd/src/code_intel_upload.go",
        confirmed=True,
    ),
    TokenForm(
        "Notion integration token",
        "ntn_",
        r"[A-Za-z0-9]{43,50}",
        "https://github.com/makenotion/notion-mcp-server/blob/main/README.md",
        confirmed=True,
    ),
    TokenForm(
        "Notion integration token",
        "secret_",
        r"(?=[A-Za-z]*\d)(?=[a-z0-9]*[A-Z])[A-Za-z0-9]{43}(?![\w-])",
        "https://github.com/makenotion/notion-sdk-js/blob/main/CLAUDE.md",
    ),
    TokenForm(
        "Linear API key",
        "lin_api_",
        r"[A-Za-z0-9]{40,64}",
        "https://linear.app/developers/graphql#personal-api-keys",
    ),
    TokenForm(
        "Linear OAuth token", "lin_oauth_", r"[0-9a-f]{64}", "https://linear.app/developers/oauth-2-0-authentication"
    ),
    TokenForm(
        "Figma token",
        "figd_",
        r"[\w-]{38,48}",
        "https://github.com/figma/code-connect/blob/main/cli/src/connect/__test__/e2e/e2e_wizard_many_components.test.ts",
        confirmed=True,
    ),
    TokenForm(
        "Airtable token",
        ".",
        r"[0-9a-f]{64}",
        "https://airtable.com/developers/web/guides/personal-access-tokens",
        before=r"(?<!\w)pat[A-Za-z0-9]{14}",
    ),
    TokenForm(
        "HubSpot private app token",
        "pat-",
        rf"(?:na|eu|ap)\d-{_UUID}",
        "https://developers.hubspot.com/docs/apps/legacy-apps/authentication/intro-to-auth",
    ),
    TokenForm(
        "ClickUp token",
        "pk_",
        r"\d{5,12}_[A-Z0-9]{32}",
        "https://clickup.com/api/readme_documentation/v2.0/getting_started/authentication/",
        confirmed=True,
    ),
    TokenForm(
        "Typeform token",
        "tfp_",
        r"[\w-]{40,60}",
        "https://www.typeform.com/developers/get-started/personal-access-token/",
    ),
    TokenForm(
        "Contentful token",
        "CFPAT-",
        r"[\w-]{43}",
        "https://github.com/contentful/contentful-cli/blob/main/test/proxy/README.md",
        confirmed=True,
    ),
    TokenForm("Mapbox secret token", "sk.eyJ", r"[\w-]{60,140}\.[\w-]{20,24}", _MAPBOX, confirmed=True),
    TokenForm("Mapbox public token", "pk.eyJ", r"[\w-]{60,140}\.[\w-]{20,24}", _MAPBOX, public=True, confirmed=True),
    TokenForm(
        "Dropbox access token",
        "sl.",
        r"[\w-]{130,1500}",
        "https://www.dropbox.com/developers/documentation/http/documentation",
        harmless=True,
    ),
    TokenForm(
        "Dropbox access token",
        "sl.u.",
        r"[\w-]{130,1500}",
        "https://www.dropbox.com/developers/documentation/http/documentation",
        harmless=True,
    ),
    TokenForm(
        "Facebook access token",
        "EAA",
        r"[A-Za-z0-9]{100,300}",
        "https://developers.facebook.com/docs/facebook-login/guides/access-tokens/",
    ),
    # Data in base64 begins with as many noughts, but has no `=` in the middle.
    TokenForm(
        "X bearer token",
        "AAAAAAAAAAAAAAAAAAAAA",
        r"[A-Za-z0-9]{2,12}A{5,10}[A-Za-z0-9%]{20,60}%3D[A-Za-z0-9]{40,60}",
        "https://github.com/xdevplatform/docs/blob/main/fundamentals/authentication/oauth-2-0/bearer-tokens.mdx",
        confirmed=True,
    ),
    TokenForm(
        "Readme API key",
        "rdme_",
        r"[a-z0-9]{70}",
        "https://github.com/readmeio/rdme/blob/next/src/lib/types/openapiDoc.ts",
        confirmed=True,
    ),
    TokenForm(
        "MaxMind license key",
        "_mmk",
        "",
        "https://github.com/maxmind/dev-site/blob/main/content/geoip/release-notes/2023.md",
        before=r"(?<!\w)[A-Za-z0-9]{6}_[A-Za-z0-9]{29}",
        confirmed=True,
    ),
    TokenForm(
        "Stytch secret",
        "secret-live-",
        r"[\w-]{35}=",
        "https://github.com/stytchauth/stytch-python/blob/main/README.md",
        mark="secret-live-",
        confirmed=True,
    ),
)

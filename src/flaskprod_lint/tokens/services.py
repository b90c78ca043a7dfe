"""Tokens of databases, monitoring and other services that apps talk to."""

from __future__ import annotations

from flaskprod_lint.tokens.checksums import hexadecimal_crc
from flaskprod_lint.tokens.form import TokenForm

_PLANETSCALE = "https://planetscale.com/docs/concepts/planetscale-security#password-security"
_SUPABASE = "https://supabase.com/docs/guides/api/api-keys"
_NEWRELIC = "https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/"
_SENTRY = "https://docs.sentry.io/account/auth-tokens/"
_GRAFANA = "https://grafana.com/docs/grafana/latest/administration/service-accounts/"
_POSTHOG = "https://posthog.com/docs/api#authentication"
_NOTION = "https://developers.notion.com/reference/authentication"
_LINEAR = "https://linear.app/developers/graphql#personal-api-keys"
_MAPBOX = "https://docs.mapbox.com/help/dive-deeper/access-tokens/"
_LAUNCHDARKLY = "https://launchdarkly.com/docs/sdk/concepts/client-side-server-side#keys"
_HONEYCOMB = "https://docs.honeycomb.io/get-started/configure/environments/manage-api-keys/"
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

FORMS = (
    # Databases
    TokenForm(
        "MongoDB Atlas service account secret",
        "mdb_sa_sk_",
        r"[\w-]{40}",
        "https://www.mongodb.com/docs/atlas/api/service-accounts-overview/",
    ),
    TokenForm("PlanetScale password", "pscale_pw_", r"[\w=.-]{32,64}", _PLANETSCALE, mark="pscale_"),
    TokenForm("PlanetScale token", "pscale_tkn_", r"[\w=.-]{32,64}", _PLANETSCALE, mark="pscale_"),
    TokenForm("PlanetScale OAuth token", "pscale_oauth_", r"[\w=.-]{32,64}", _PLANETSCALE, mark="pscale_"),
    TokenForm("Supabase secret key", "sb_secret_", r"[\w-]{22}_[\w-]{8}", _SUPABASE),
    TokenForm("Supabase publishable key", "sb_publishable_", r"[\w-]{22}_[\w-]{8}", _SUPABASE, public=True),
    TokenForm(
        "Supabase access token",
        "sbp_",
        r"(?:v\d_)?[0-9a-f]{40,64}",
        "https://supabase.com/docs/reference/api/introduction",
    ),
    TokenForm("Neon API key", "napi_", r"[a-z0-9]{40,80}", "https://neon.com/docs/manage/api-keys"),
    TokenForm(
        "CockroachDB Cloud key",
        "CCDB1_",
        r"[A-Za-z0-9]{22}_[A-Za-z0-9]{40}",
        "https://github.com/cockroachdb/terraform-provider-cockroach",
    ),
    TokenForm(
        "Confluent Cloud API secret",
        "cflt",
        r"[A-Za-z0-9+/]{56,64}",
        "https://docs.confluent.io/cloud/current/using/api-keys.html",
        mark="cflt",
    ),
    TokenForm(
        "ClickHouse Cloud secret", "4b1d", r"[A-Za-z0-9]{38}", "https://clickhouse.com/docs/cloud/manage/openapi"
    ),
    TokenForm(
        "Databricks token", "dapi", r"[0-9a-f]{32}(?:-\d)?", "https://docs.databricks.com/aws/en/dev-tools/auth/pat"
    ),
    TokenForm(
        "Aiven token",
        "aivenv1",
        r"[A-Za-z0-9+/=]{100,400}",
        "https://aiven.io/docs/platform/concepts/authentication-tokens",
        mark="aivenv1",
    ),
    # Monitoring
    TokenForm(
        "Grafana service account token", "glsa_", r"[A-Za-z0-9]{32}_[0-9a-fA-F]{8}", _GRAFANA, is_right=hexadecimal_crc
    ),
    TokenForm(
        "Grafana Cloud token",
        "glc_eyJ",
        r"[A-Za-z0-9+/]{32,400}={0,3}",
        "https://grafana.com/docs/grafana-cloud/security-and-account-management/authentication-and-permissions/access-policies/",
        mark="glc_",
    ),
    TokenForm("New Relic user key", "NRAK-", r"[A-Z0-9]{27}", _NEWRELIC),
    TokenForm("New Relic insert key", "NRII-", r"[A-Za-z0-9_-]{32}", _NEWRELIC),
    TokenForm("New Relic license key", "NRAL", "", _NEWRELIC, before=r"(?<!\w)[0-9a-fA-F]{36}"),
    TokenForm("New Relic browser key", "NRJS-", r"[0-9a-f]{19}", _NEWRELIC, public=True),
    TokenForm(
        "Sentry organization token", "sntrys_", r"eyJ[A-Za-z0-9+/=]{60,400}_[A-Za-z0-9+/]{43}", _SENTRY, mark="sntrys_"
    ),
    TokenForm("Sentry user token", "sntryu_", r"[0-9a-f]{64}", _SENTRY),
    TokenForm(
        "Dynatrace token",
        "dt0c01.",
        r"[A-Z0-9]{24}\.[A-Z0-9]{64}",
        "https://docs.dynatrace.com/docs/manage/identity-access-management/access-tokens-and-oauth-clients/access-tokens",
    ),
    TokenForm("Honeycomb ingest key", "hcaik_", r"[a-z0-9]{58}", _HONEYCOMB),
    TokenForm("Honeycomb ingest key", "hcbik_", r"[a-z0-9]{58}", _HONEYCOMB),
    TokenForm("PostHog personal key", "phx_", r"[A-Za-z0-9]{40,60}", _POSTHOG),
    TokenForm("PostHog project key", "phc_", r"[A-Za-z0-9]{40,60}", _POSTHOG, public=True),
    TokenForm(
        "Logfire write token",
        "pylf_v",
        r"\d_(?:[a-z]{2}_)?[A-Za-z0-9]{40,60}",
        "https://logfire.pydantic.dev/docs/how-to-guides/create-write-tokens/",
    ),
    TokenForm("LaunchDarkly SDK key", "sdk-", _UUID, _LAUNCHDARKLY),
    TokenForm("LaunchDarkly access token", "api-", _UUID, _LAUNCHDARKLY),
    # Others
    TokenForm("Notion integration token", "ntn_", r"[A-Za-z0-9]{43,50}", _NOTION),
    TokenForm("Notion integration token", "secret_", r"[A-Za-z0-9]{43}(?![\w-])", _NOTION),
    TokenForm("Linear API key", "lin_api_", r"[A-Za-z0-9]{40,64}", _LINEAR),
    TokenForm("Linear OAuth token", "lin_oauth_", r"[0-9a-f]{64}", _LINEAR),
    TokenForm("Figma token", "figd_", r"[\w-]{38,48}", "https://developers.figma.com/docs/rest-api/authentication/"),
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
        "https://developers.hubspot.com/docs/guides/apps/private-apps/overview",
    ),
    TokenForm("ClickUp token", "pk_", r"\d{5,12}_[A-Z0-9]{32}", "https://developer.clickup.com/docs"),
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
        "https://www.contentful.com/developers/docs/references/authentication/",
    ),
    TokenForm("Mapbox secret token", "sk.eyJ", r"[\w-]{60,140}\.[\w-]{20,24}", _MAPBOX),
    TokenForm("Mapbox public token", "pk.eyJ", r"[\w-]{60,140}\.[\w-]{20,24}", _MAPBOX, public=True),
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
    TokenForm(
        "X bearer token",
        "AAAAAAAAAAAAAAAAAAAAA",
        r"[A-Za-z0-9%]{60,140}",
        "https://docs.x.com/fundamentals/authentication/oauth-2-0/application-only",
    ),
    TokenForm(
        "Readme API key", "rdme_", r"[a-z0-9]{70}", "https://docs.readme.com/main/reference/intro-to-the-readme-api"
    ),
    TokenForm(
        "MaxMind license key",
        "_mmk",
        "",
        "https://dev.maxmind.com/license-key-formats/",
        before=r"(?<!\w)[A-Za-z0-9]{6}_[A-Za-z0-9]{29}",
    ),
)

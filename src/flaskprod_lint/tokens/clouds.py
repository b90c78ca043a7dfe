"""Tokens of clouds, hosts and networks."""

from __future__ import annotations

from flaskprod_lint.tokens import azure_keys
from flaskprod_lint.tokens.checksums import bech32
from flaskprod_lint.tokens.form import TokenForm

_AWS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html"
_AZURE_KEYS = "https://learn.microsoft.com/en-us/purview/sit-defn-azure-storage-account-key"
_AZURE_APP = "https://github.com/microsoft/security-utilities"
_CLOUDFLARE = "https://developers.cloudflare.com/fundamentals/api/get-started/token-formats"
_VERCEL = "https://vercel.com/changelog/new-token-formats-and-secret-scanning"
_DIGITALOCEAN = "https://docs.digitalocean.com/reference/api/create-personal-access-token/"
_VAULT = "https://developer.hashicorp.com/vault/docs/concepts/tokens#token-prefixes"
_DOPPLER = "https://docs.doppler.com/docs/service-tokens"
_FLY = "https://fly.io/docs/security/tokens/"
_TAILSCALE = "https://tailscale.com/kb/1277/key-prefixes"

FORMS = (
    # Half of a pair: the secret half has no form of its own and is found by its name.
    TokenForm("AWS access key ID", "AKIA", r"[A-Z2-7]{16}", _AWS),
    TokenForm("AWS temporary access key ID", "ASIA", r"[A-Z2-7]{16}", _AWS, harmless=True),
    TokenForm(
        "Amazon Bedrock API key",
        "ABSKQmVkcm9ja0FQSUtleS",
        r"[A-Za-z0-9+/]{87,247}={0,2}",
        "https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html",
        mark="ABSKQmVk",
    ),
    TokenForm(
        "Google API key", "AIza", r"[\w-]{35}", "https://cloud.google.com/docs/authentication/api-keys", public=True
    ),
    # A key of the Gemini API that is bound to a service account: no page of a browser may have it.
    TokenForm(
        "Google auth key",
        "AQ.",
        r"Ab8[\w-]{35,80}",
        "https://discuss.ai.google.dev/t/gemini-api-key-start-from-aq/171575",
    ),
    TokenForm(
        "Google OAuth client secret",
        "GOCSPX-",
        r"[\w-]{28}",
        "https://developers.google.com/identity/protocols/oauth2",
    ),
    TokenForm(
        "Google OAuth access token",
        "ya29.",
        r"[\w-]{60,1500}",
        "https://developers.google.com/identity/protocols/oauth2",
        harmless=True,
    ),
    TokenForm(
        "Google OAuth access token",
        "ya29.c.",
        r"[\w-]{60,1500}",
        "https://developers.google.com/identity/protocols/oauth2",
        harmless=True,
    ),
    TokenForm("Azure storage account key", "AccountKey=", r"[A-Za-z0-9+/]{86}==", _AZURE_KEYS, mark="Key="),
    TokenForm(
        "Azure shared access key",
        "SharedAccessKey=",
        r"[A-Za-z0-9+/]{43}=",
        "https://learn.microsoft.com/en-us/azure/service-bus-messaging/service-bus-sas",
        mark="Key=",
    ),
    *azure_keys.FORMS,
    TokenForm("Azure app client secret", "8Q~", r"[\w.~-]{34}", _AZURE_APP, before=r"(?<![\w~.])[\w~.-]{3}", mark="Q~"),
    TokenForm("Azure app client secret", "7Q~", r"[\w.~-]{31}", _AZURE_APP, before=r"(?<![\w~.])[\w~.-]{3}", mark="Q~"),
    TokenForm(
        "Azure DevOps token",
        "AZDO",
        r"[A-Za-z0-9]{4}",
        "https://learn.microsoft.com/en-us/azure/devops/organizations/accounts/use-personal-access-tokens-to-authenticate",
        before=r"(?<![A-Za-z0-9])[A-Za-z0-9]{76}",
    ),
    TokenForm(
        "Alibaba Cloud access key ID",
        "LTAI",
        r"[A-Za-z0-9]{17,21}",
        "https://www.alibabacloud.com/help/en/ram/user-guide/create-an-accesskey-pair",
    ),
    TokenForm(
        "Tencent Cloud secret ID", "AKID", r"[A-Za-z0-9]{32}", "https://www.tencentcloud.com/document/product/598/34228"
    ),
    TokenForm(
        "Yandex Cloud API key",
        "AQVN",
        r"[\w-]{35,38}",
        "https://yandex.cloud/en/docs/iam/concepts/authorization/api-key",
    ),
    *(
        TokenForm(name, prefix, r"[A-Za-z0-9]{40,64}", _CLOUDFLARE)
        for name, prefix in (
            ("Cloudflare API key", "cfk_"),
            ("Cloudflare user token", "cfut_"),
            ("Cloudflare account token", "cfat_"),
        )
    ),
    *(
        TokenForm(name, prefix, r"[A-Za-z0-9]{24,120}", _VERCEL)
        for name, prefix in (
            ("Vercel access token", "vcp_"),
            ("Vercel integration token", "vci_"),
            ("Vercel app token", "vca_"),
            ("Vercel refresh token", "vcr_"),
            ("Vercel API key", "vck_"),
        )
    ),
    TokenForm("DigitalOcean access token", "dop_v1_", r"[0-9a-f]{64}", _DIGITALOCEAN),
    TokenForm("DigitalOcean OAuth token", "doo_v1_", r"[0-9a-f]{64}", _DIGITALOCEAN),
    TokenForm("DigitalOcean refresh token", "dor_v1_", r"[0-9a-f]{64}", _DIGITALOCEAN),
    TokenForm(
        "Heroku API key",
        "HRKU-",
        r"AA[\w-]{58}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
        "https://devcenter.heroku.com/changelog-items/3175",
    ),
    TokenForm("Fly.io access token", "fm2_", r"[A-Za-z0-9+/]{100,}={0,3}", _FLY, mark="fm2_"),
    TokenForm("Fly.io access token", "fm1r_", r"[A-Za-z0-9+/]{100,}={0,3}", _FLY, mark="fm1r_"),
    TokenForm("Fly.io access token", "fo1_", r"[\w-]{43}", _FLY),
    TokenForm("Render API key", "rnd_", r"[A-Za-z0-9]{24,64}", "https://render.com/docs/api#authentication"),
    TokenForm("Netlify access token", "nfp_", r"[A-Za-z0-9]{36,64}", "https://docs.netlify.com/api/get-started/"),
    TokenForm("Scalingo API token", "tk-us-", r"[\w-]{48}", "https://developers.scalingo.com/index#authentication"),
    TokenForm(
        "Cloudflare origin CA key",
        "v1.0-",
        r"[0-9a-f]{24}-[0-9a-f]{146}",
        "https://developers.cloudflare.com/fundamentals/api/get-started/ca-keys/",
    ),
    TokenForm("Vault service token", "hvs.", r"[\w-]{24,200}", _VAULT),
    TokenForm("Vault batch token", "hvb.", r"[\w-]{90,300}", _VAULT),
    TokenForm("Vault recovery token", "hvr.", r"[\w-]{24,200}", _VAULT),
    TokenForm("Doppler personal token", "dp.pt.", r"[A-Za-z0-9]{40,44}", _DOPPLER),
    TokenForm("Doppler service token", "dp.st.", r"(?:[\w-]{2,35}\.)?[A-Za-z0-9]{40,44}", _DOPPLER, mark="dp.st."),
    TokenForm("Doppler CLI token", "dp.ct.", r"[A-Za-z0-9]{40,44}", _DOPPLER),
    TokenForm("Doppler service account token", "dp.sa.", r"[A-Za-z0-9]{40,44}", _DOPPLER),
    TokenForm("Doppler SCIM token", "dp.scim.", r"[A-Za-z0-9]{40,44}", _DOPPLER),
    TokenForm(
        "1Password service account token",
        "ops_eyJ",
        r"[A-Za-z0-9+/]{250,}={0,3}",
        "https://developer.1password.com/docs/service-accounts/security/",
        mark="ops_eyJ",
    ),
    TokenForm(
        "age secret key",
        "AGE-SECRET-KEY-1",
        r"[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}",
        "https://github.com/C2SP/C2SP/blob/main/age.md",
        is_right=bech32,
    ),
    TokenForm("Tailscale auth key", "tskey-auth-", r"[A-Za-z0-9]{10,20}-[A-Za-z0-9]{20,40}", _TAILSCALE),
    TokenForm("Tailscale API key", "tskey-api-", r"[A-Za-z0-9]{10,20}-[A-Za-z0-9]{20,40}", _TAILSCALE),
    TokenForm("Tailscale OAuth secret", "tskey-client-", r"[A-Za-z0-9]{10,20}-[A-Za-z0-9]{20,40}", _TAILSCALE),
    TokenForm(
        "OpenShift token",
        "sha256~",
        r"[\w-]{43}",
        "https://docs.redhat.com/en/documentation/openshift_container_platform/4.15/html/authentication_and_authorization/index",
    ),
)

"""Tokens of clouds, hosts and networks."""

from __future__ import annotations

from flaskprod_lint.tokens import azure_keys
from flaskprod_lint.tokens.checksums import bech32, entra
from flaskprod_lint.tokens.form import TokenForm

_AWS = "https://docs.amazonaws.cn/goto/WebAPI/sts-2011-06-15/GetAccessKeyInfo"
_GOOGLE = "https://discuss.ai.google.dev/t/gemini-api-key-start-from-aq/171575"
_GOOGLE_OAUTH = "https://developers.google.com/identity/protocols/oauth2"
#: Microsoft's own library that tells its own keys: a file for each.
_MICROSOFT = (
    "https://github.com/microsoft/security-utilities/blob/main/src/Microsoft.Security.Utilities.Core/"
    "PreciselyClassifiedSecurityKeys/"
)
_ENTRA = f"{_MICROSOFT}SEC101_156_AzureClientAppIdentifiableCredentials.cs"
_CLOUDFLARE = "https://developers.cloudflare.com/fundamentals/api/get-started/token-formats"
_VERCEL = "https://vercel.com/changelog/new-token-formats-and-secret-scanning"
#: The prefixes; that 64 hexadecimal digits follow, doctl says in its commands/auth.go and auth_test.go.
_DIGITALOCEAN = "https://github.com/digitalocean/openapi/blob/main/specification/DigitalOcean-public.v2.yaml"
_VAULT = "https://developer.hashicorp.com/vault/docs/concepts/tokens"
_DOPPLER = "https://github.com/DopplerHQ/mcp-server/blob/main/src/auth.ts"
_FLY = "https://github.com/superfly/macaroon/blob/main/format.go"
_AGE = "https://github.com/C2SP/C2SP/blob/main/age.md"
_TAILSCALE = "https://tailscale.com/docs/reference/key-prefixes"
#: Where a provider gives nothing but the prefix: what no name or sentence is.
_ANY = r"(?=[\w-]*\d)(?=[\w-]*[A-Z])[\w-]"
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

FORMS = (
    # Half of a pair: the secret half has no form of its own and is found by its name.
    TokenForm("AWS access key ID", "AKIA", r"[A-Z2-7]{16}", _AWS, confirmed=True),
    TokenForm("AWS temporary access key ID", "ASIA", r"[A-Z2-7]{16}", _AWS, harmless=True, confirmed=True),
    TokenForm(
        "Amazon Bedrock API key",
        "ABSKQmVkcm9ja0FQSUtleS",
        r"[A-Za-z0-9+/]{87,247}={0,2}",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_bedrock.html",
        mark="ABSKQmVk",
    ),
    TokenForm("Google API key", "AIza", r"[\w-]{35}", _GOOGLE, public=True, confirmed=True),
    # A key of the Gemini API that is bound to a service account: no page of a browser may have it.
    TokenForm("Google auth key", "AQ.", r"Ab8[\w-]{35,80}", _GOOGLE, confirmed=True),
    TokenForm(
        "Google OAuth client secret",
        "GOCSPX-",
        r"[\w-]{28}",
        "https://github.com/google-gemini/gemini-cli/blob/main/packages/core/src/code_assist/oauth2.ts",
        confirmed=True,
    ),
    TokenForm("Google OAuth access token", "ya29.", r"[\w-]{60,1500}", _GOOGLE_OAUTH, harmless=True),
    TokenForm("Google OAuth access token", "ya29.c.", r"[\w-]{60,1500}", _GOOGLE_OAUTH, harmless=True),
    TokenForm(
        "Azure storage account key",
        "AccountKey=",
        r"[A-Za-z0-9+/]{86}==",
        f"{_MICROSOFT}SEC101_106_AzureStorageAccountLegacyCredentials.cs",
        mark="Key=",
        confirmed=True,
    ),
    TokenForm(
        "Azure shared access key",
        "SharedAccessKey=",
        r"[A-Za-z0-9+/]{43}=",
        f"{_MICROSOFT}SEC101_105_AzureMessagingLegacyCredentials.cs",
        mark="Key=",
        confirmed=True,
    ),
    *azure_keys.FORMS,
    TokenForm(
        "Azure app client secret",
        "8Q~",
        r"[\w.~-]{34}",
        _ENTRA,
        before=r"(?<![\w~.])[\w~.-]{3}",
        is_right=entra,
        mark="Q~",
        confirmed=True,
    ),
    TokenForm(
        "Azure app client secret",
        "7Q~",
        r"[\w.~-]{31}",
        _ENTRA,
        before=r"(?<![\w~.])[\w~.-]{3}",
        mark="Q~",
        confirmed=True,
    ),
    TokenForm(
        "Azure DevOps token",
        "AZDO",
        r"[A-Za-z0-9]{4}",
        "https://learn.microsoft.com/en-us/purview/sit-defn-azure-devops-personal-access-token",
        before=r"(?<![A-Za-z0-9])[A-Za-z0-9]{76}",
        confirmed=True,
    ),
    # Both name the owner of a pair, and open nothing without its secret half.
    TokenForm(
        "Alibaba Cloud access key ID",
        "LTAI",
        r"[A-Za-z0-9]{17,21}",
        "https://help.aliyun.com/en/sls/developer-reference/access-key",
        harmless=True,
    ),
    TokenForm(
        "Tencent Cloud secret ID",
        "AKID",
        r"[A-Za-z0-9]{32}",
        "https://github.com/TencentCloud/tencentcloud-cli/blob/master/README.md",
        harmless=True,
        confirmed=True,
    ),
    TokenForm(
        "Yandex Cloud API key",
        "AQVN",
        r"[\w-]{35,38}",
        "https://yandex.cloud/en/docs/iam/operations/authentication/manage-api-keys",
        confirmed=True,
    ),
    # Forty characters and a checksum of unknown length.
    *(
        TokenForm(name, prefix, _ANY + "{41,72}", _CLOUDFLARE, confirmed=True)
        for name, prefix in (
            ("Cloudflare API key", "cfk_"),
            ("Cloudflare user token", "cfut_"),
            ("Cloudflare account token", "cfat_"),
        )
    ),
    *(
        TokenForm(name, prefix, _ANY + "{24,120}", _VERCEL, confirmed=True)
        for name, prefix in (
            ("Vercel access token", "vcp_"),
            ("Vercel integration token", "vci_"),
            ("Vercel app token", "vca_"),
            ("Vercel refresh token", "vcr_"),
            ("Vercel API key", "vck_"),
        )
    ),
    TokenForm("DigitalOcean access token", "dop_v1_", r"[0-9a-f]{64}", _DIGITALOCEAN, confirmed=True),
    TokenForm("DigitalOcean OAuth token", "doo_v1_", r"[0-9a-f]{64}", _DIGITALOCEAN, confirmed=True),
    TokenForm("DigitalOcean refresh token", "dor_v1_", r"[0-9a-f]{64}", _DIGITALOCEAN, confirmed=True),
    TokenForm(
        "Heroku API key",
        "HRKU-",
        _UUID,
        "https://github.com/heroku/cli/blob/main/src/lib/types/fir.d.ts",
        confirmed=True,
    ),
    TokenForm("Heroku API key", "HRKU-AA", r"[\w-]{58}", "https://devcenter.heroku.com/changelog-items/3175"),
    TokenForm("Fly.io access token", "fm2_", r"[A-Za-z0-9+/]{100,}={0,2}", _FLY, mark="fm2_", confirmed=True),
    TokenForm("Fly.io access token", "fm1r_", r"[A-Za-z0-9+/]{100,}={0,2}", _FLY, mark="fm1r_", confirmed=True),
    TokenForm("Fly.io access token", "fo1_", _ANY + "{24,64}", _FLY, confirmed=True),
    TokenForm(
        "Render API key",
        "rnd_",
        r"[A-Za-z0-9]{24,64}",
        "https://github.com/render-oss/skills/blob/main/skills/render-cli/SKILL.md",
        confirmed=True,
    ),
    TokenForm(
        "Netlify access token",
        "nfp_",
        r"[A-Za-z0-9]{36,64}",
        "https://github.com/netlify/netlify-mcp/blob/main/netlify/functions/mcp-server/proxy.test.ts",
        confirmed=True,
    ),
    TokenForm(
        "Scalingo API token",
        "tk-us-",
        r"[\w-]{48}",
        "https://github.com/Scalingo/go-scalingo/blob/master/README.md",
        confirmed=True,
    ),
    TokenForm(
        "Cloudflare origin CA key",
        "v1.0-",
        r"[0-9a-f]{24}-[0-9a-f]{146}",
        "https://developers.cloudflare.com/fundamentals/api/get-started/ca-keys",
        confirmed=True,
    ),
    # Twenty-four letters; the tokens of a cluster are longer.
    TokenForm("Vault service token", "hvs.", _ANY + "{24,200}", _VAULT, confirmed=True),
    TokenForm("Vault batch token", "hvb.", _ANY + "{24,300}", _VAULT, confirmed=True),
    TokenForm("Vault recovery token", "hvr.", _ANY + "{24,200}", _VAULT, confirmed=True),
    TokenForm("Doppler personal token", "dp.pt.", r"[A-Za-z0-9]{40,44}", _DOPPLER, confirmed=True),
    TokenForm(
        "Doppler service token",
        "dp.st.",
        r"(?:[\w-]{2,35}\.)?[A-Za-z0-9]{40,44}",
        _DOPPLER,
        mark="dp.st.",
        confirmed=True,
    ),
    TokenForm("Doppler CLI token", "dp.ct.", r"[A-Za-z0-9]{40,44}", _DOPPLER, confirmed=True),
    TokenForm("Doppler service account token", "dp.sa.", r"[A-Za-z0-9]{40,44}", _DOPPLER, confirmed=True),
    TokenForm("Doppler SCIM token", "dp.scim.", r"[A-Za-z0-9]{40,44}", _DOPPLER, confirmed=True),
    TokenForm(
        "1Password service account token",
        "ops_eyJ",
        r"[A-Za-z0-9+/]{250,}={0,3}",
        "https://github.com/1Password/onepassword-sdk-js/blob/main/client/test/client.test.js",
        mark="ops_eyJ",
        confirmed=True,
    ),
    *(
        TokenForm(
            "age secret key",
            prefix,
            r"[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}",
            _AGE,
            is_right=bech32,
            confirmed=True,
        )
        for prefix in ("AGE-SECRET-KEY-1", "AGE-SECRET-KEY-PQ-1")
    ),
    *(
        TokenForm(name, prefix, r"[A-Za-z0-9]{10,20}-[A-Za-z0-9]{18,40}", _TAILSCALE, confirmed=True)
        for name, prefix in (
            ("Tailscale auth key", "tskey-auth-"),
            ("Tailscale API key", "tskey-api-"),
            ("Tailscale OAuth secret", "tskey-client-"),
            ("Tailscale SCIM key", "tskey-scim-"),
            ("Tailscale webhook key", "tskey-webhook-"),
        )
    ),
    TokenForm(
        "OpenShift token",
        "sha256~",
        r"[\w-]{43}",
        "https://github.com/openshift/oauth-apiserver/blob/master/pkg/tokenvalidation/tokenauthenticator.go",
        confirmed=True,
    ),
)

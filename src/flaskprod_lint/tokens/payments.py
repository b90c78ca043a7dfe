"""Tokens of payment services and shops."""

from __future__ import annotations

from flaskprod_lint.tokens.checksums import base62_crc
from flaskprod_lint.tokens.form import TokenForm

_STRIPE = "https://docs.stripe.com/api/authentication"
_STRIPE_COMMAND = "https://github.com/stripe/stripe-cli/blob/master/"
_SHOPIFY = "https://shopify.dev/changelog/length-of-the-shopify-access-token-is-increasing"
_SQUARE = "https://developer.squareup.com/docs/build-basics/access-tokens"
_FLUTTERWAVE = "https://developer.flutterwave.com/docs/integration-guides/authentication"
_PADDLE = "https://developer.paddle.com/api-reference/about/authentication"
_SHIPPO = "https://github.com/goshippo/shippo-python-sdk/blob/main/README.md"
_EASYPOST = "https://docs.easypost.com/docs/authentication"
_PLAID = "https://plaid.com/docs/quickstart/glossary/"
_POLAR = "https://github.com/polarsource/polar/blob/main/server/polar/"
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

_POLAR_TOKENS = tuple(
    TokenForm(name, prefix, r"[A-Za-z0-9]{43}", f"{_POLAR}{file}", is_right=base62_crc, confirmed=True)
    for name, prefix, file in (
        ("Polar organization access token", "polar_oat_", "organization_access_token/service.py"),
        ("Polar personal access token", "polar_pat_", "personal_access_token/service.py"),
        ("Polar client secret", "polar_cs_", "oauth2/constants.py"),
    )
)

FORMS = (
    # Paystack's and Clerk's secret keys begin alike.
    TokenForm("Stripe secret key", "sk_live_", r"[A-Za-z0-9]{20,247}", _STRIPE, confirmed=True),
    TokenForm(
        "Stripe restricted key",
        "rk_live_",
        r"[A-Za-z0-9]{20,247}",
        f"{_STRIPE_COMMAND}canary/testutil/sanitize.go",
        confirmed=True,
    ),
    TokenForm(
        "Stripe secret key for test data", "sk_test_", r"[A-Za-z0-9]{20,247}", _STRIPE, harmless=True, confirmed=True
    ),
    TokenForm(
        "Stripe restricted key for test data",
        "rk_test_",
        r"[A-Za-z0-9]{20,247}",
        f"{_STRIPE_COMMAND}canary/testutil/sanitize.go",
        harmless=True,
        confirmed=True,
    ),
    # Svix signs so for many others: https://github.com/svix/svix-webhooks/blob/main/README.md
    TokenForm(
        "Stripe webhook secret",
        "whsec_",
        r"[A-Za-z0-9+/]{32,64}={0,2}",
        f"{_STRIPE_COMMAND}pkg/reporting/scrub.go",
        mark="whsec_",
        confirmed=True,
    ),
    *(
        TokenForm(
            "Stripe publishable key",
            prefix,
            r"[A-Za-z0-9]{20,247}",
            f"{_STRIPE_COMMAND}pkg/cmd/sandbox_test.go",
            public=True,
            confirmed=True,
        )
        for prefix in ("pk_live_", "pk_test_")
    ),
    TokenForm("Square access token", "EAAA", r"[\w-]{60}", _SQUARE),
    TokenForm("Square access token", "sq0atp-", r"[\w-]{22}", _SQUARE),
    TokenForm("Square application secret", "sq0csp-", r"[\w-]{43}", _SQUARE),
    TokenForm(
        "Braintree access token",
        "access_token$production$",
        r"[0-9a-z_]{8,32}\$[0-9a-f]{32}",
        "https://github.com/braintree/braintree_node/blob/master/test/unit/braintree/credentials_parser_spec.js",
        mark="$production$",
        confirmed=True,
    ),
    TokenForm(
        "Flutterwave secret key",
        "FLWSECK-",
        r"[0-9A-Za-z]{32}-(?:[0-9A-Za-z]{12}-)?X",
        "https://github.com/Flutterwave/Flutterwave-node-v3/blob/master/README.md",
        confirmed=True,
    ),
    TokenForm(
        "Flutterwave test key", "FLWSECK_TEST-", r"[0-9A-Za-z]{32}-X", _FLUTTERWAVE, harmless=True, confirmed=True
    ),
    TokenForm("Flutterwave public key", "FLWPUBK-", r"[0-9A-Za-z]{32}-X", _FLUTTERWAVE, public=True, confirmed=True),
    TokenForm(
        "Paddle API key",
        "pdl_live_apikey_",
        r"[a-z0-9]{26}_[A-Za-z0-9]{22}_[A-Za-z0-9]{3}",
        _PADDLE,
        confirmed=True,
    ),
    TokenForm(
        "Paddle sandbox key",
        "pdl_sdbx_apikey_",
        r"[a-z0-9]{26}_[A-Za-z0-9]{22}_[A-Za-z0-9]{3}",
        _PADDLE,
        harmless=True,
        confirmed=True,
    ),
    TokenForm(
        "Paddle webhook secret",
        "pdl_ntfset_",
        r"[a-z0-9]{26}_[A-Za-z0-9+/]{32}",
        "https://github.com/PaddleHQ/paddle-python-sdk/blob/main/examples/webhook_verification.py",
        mark="pdl_ntfset_",
        confirmed=True,
    ),
    TokenForm(
        "Mollie API key",
        "live_",
        r"(?=[A-Za-z]*\d)(?=[a-z0-9]*[A-Z])[A-Za-z0-9]{30}",
        "https://github.com/mollie/mollie-api-php/blob/main/src/Http/Auth/TokenValidator.php",
        confirmed=True,
    ),
    TokenForm("Plaid access token", "access-production-", _UUID, _PLAID, confirmed=True),
    TokenForm("Plaid sandbox token", "access-sandbox-", _UUID, _PLAID, harmless=True, confirmed=True),
    TokenForm("Shopify access token", "shpat_", r"[0-9a-fA-F]{32}", _SHOPIFY, confirmed=True),
    TokenForm("Shopify custom app token", "shpca_", r"[0-9a-fA-F]{32}", _SHOPIFY, confirmed=True),
    TokenForm("Shopify private app password", "shppa_", r"[0-9a-fA-F]{32}", _SHOPIFY, confirmed=True),
    TokenForm(
        "Shopify shared secret",
        "shpss_",
        r"[0-9a-fA-F]{32}",
        "https://shopify.dev/changelog/app-secret-key-length-has-increased",
        confirmed=True,
    ),
    TokenForm("Shippo token", "shippo_live_", r"[0-9a-f]{32,40}", _SHIPPO, confirmed=True),
    TokenForm("Shippo test token", "shippo_test_", r"[0-9a-f]{32,40}", _SHIPPO, harmless=True, confirmed=True),
    TokenForm("EasyPost API key", "EZAK", r"[A-Za-z0-9]{54}", _EASYPOST),
    TokenForm("EasyPost test key", "EZTK", r"[A-Za-z0-9]{54}", _EASYPOST, harmless=True),
    TokenForm("Duffel access token", "duffel_live_", r"[\w-]{43}", "https://duffel.com/docs/api/overview/test-mode"),
    *_POLAR_TOKENS,
)

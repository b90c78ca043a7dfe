"""Tokens of payment services and shops."""

from __future__ import annotations

from flaskprod_lint.tokens.form import TokenForm

_STRIPE = "https://docs.stripe.com/keys"
_SHOPIFY = "https://shopify.dev/changelog/length-of-the-shopify-access-token-is-increasing"
_SQUARE = "https://developer.squareup.com/docs/build-basics/access-tokens"
_FLUTTERWAVE = "https://developer.flutterwave.com/docs/api-keys"
_PADDLE = "https://developer.paddle.com/api-reference/about/api-keys"
_SHIPPO = "https://docs.goshippo.com/docs/guides_general/authentication/"
_EASYPOST = "https://docs.easypost.com/docs/authentication"
_PLAID = "https://plaid.com/docs/api/tokens/"
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

FORMS = (
    # Paystack's and Clerk's secret keys begin alike.
    TokenForm("Stripe secret key", "sk_live_", r"[A-Za-z0-9]{20,247}", _STRIPE),
    TokenForm("Stripe restricted key", "rk_live_", r"[A-Za-z0-9]{20,247}", _STRIPE),
    TokenForm("Stripe secret key for test data", "sk_test_", r"[A-Za-z0-9]{20,247}", _STRIPE, harmless=True),
    TokenForm("Stripe restricted key for test data", "rk_test_", r"[A-Za-z0-9]{20,247}", _STRIPE, harmless=True),
    TokenForm(
        "Stripe webhook secret",
        "whsec_",
        r"[A-Za-z0-9+/]{32,64}={0,2}",
        "https://docs.stripe.com/webhooks",
        mark="whsec_",
    ),
    TokenForm("Stripe publishable key", "pk_live_", r"[A-Za-z0-9]{20,247}", _STRIPE, public=True),
    TokenForm("Stripe publishable key", "pk_test_", r"[A-Za-z0-9]{20,247}", _STRIPE, public=True),
    TokenForm("Square access token", "EAAA", r"[\w-]{60}", _SQUARE),
    TokenForm("Square access token", "sq0atp-", r"[\w-]{22}", _SQUARE),
    TokenForm("Square application secret", "sq0csp-", r"[\w-]{43}", _SQUARE),
    TokenForm(
        "Braintree access token",
        "access_token$production$",
        r"[0-9a-z]{16}\$[0-9a-f]{32}",
        "https://developer.paypal.com/braintree/articles/control-panel/important-gateway-credentials",
        mark="$production$",
    ),
    TokenForm("Flutterwave secret key", "FLWSECK-", r"[0-9A-Za-z]{32}-(?:[0-9A-Za-z]{12}-)?X", _FLUTTERWAVE),
    TokenForm("Flutterwave test key", "FLWSECK_TEST-", r"[0-9A-Za-z]{12,32}(?:-X)?", _FLUTTERWAVE, harmless=True),
    TokenForm("Paddle API key", "pdl_live_apikey_", r"[a-z0-9]{26}_[A-Za-z0-9]{22}_[A-Za-z0-9]{3}", _PADDLE),
    TokenForm(
        "Paddle sandbox key", "pdl_sdbx_apikey_", r"[a-z0-9]{26}_[A-Za-z0-9]{22}_[A-Za-z0-9]{3}", _PADDLE, harmless=True
    ),
    TokenForm("Mollie API key", "live_", r"[A-Za-z0-9]{30}", "https://docs.mollie.com/reference/authentication"),
    TokenForm("Plaid access token", "access-production-", _UUID, _PLAID),
    TokenForm("Plaid sandbox token", "access-sandbox-", _UUID, _PLAID, harmless=True),
    TokenForm("Shopify access token", "shpat_", r"[0-9a-fA-F]{32,64}", _SHOPIFY),
    TokenForm("Shopify custom app token", "shpca_", r"[0-9a-fA-F]{32,64}", _SHOPIFY),
    TokenForm("Shopify private app password", "shppa_", r"[0-9a-fA-F]{32,64}", _SHOPIFY),
    TokenForm("Shopify shared secret", "shpss_", r"[0-9a-fA-F]{32,64}", _SHOPIFY),
    TokenForm("Shippo token", "shippo_live_", r"[0-9a-f]{40}", _SHIPPO),
    TokenForm("Shippo test token", "shippo_test_", r"[0-9a-f]{40}", _SHIPPO, harmless=True),
    TokenForm("EasyPost API key", "EZAK", r"[A-Za-z0-9]{54}", _EASYPOST),
    TokenForm("EasyPost test key", "EZTK", r"[A-Za-z0-9]{54}", _EASYPOST, harmless=True),
    TokenForm(
        "Duffel access token", "duffel_live_", r"[\w-]{43}", "https://duffel.com/docs/api/overview/authentication"
    ),
)

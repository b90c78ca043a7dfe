"""Tokens of mail, chat and telephone services."""

from __future__ import annotations

from flaskprod_lint.tokens.form import TokenForm

_DISCORD = "https://github.com/discord/discord-api-docs/blob/main/developers/"
_BREVO = "https://github.com/getbrevo/brevo-node/blob/main/README.md"
_SLACK = "https://docs.slack.dev/authentication/tokens/"
_SLACK_ROTATION = "https://api.slack.com/methods/tooling.tokens.rotate"

#: A bot's id, which is a number, in base64: what its first two digits come to.
_DIGITS = ("MD", "MT", "Mj", "Mz", "ND", "NT", "Nj", "Nz", "OD", "OT")

_DISCORD_BOTS = tuple(
    TokenForm(
        "Discord bot token",
        digits,
        r"[AEIMQUYcgk][\w-]{20,24}\.[\w-]{6}\.[\w-]{27,38}",
        f"{_DISCORD}reference.mdx",
        confirmed=True,
    )
    for digits in _DIGITS
)

FORMS = (
    *_DISCORD_BOTS,
    # Sixty-nine characters; what is before the second dot is the id of the key.
    TokenForm(
        "SendGrid API key",
        "SG.",
        r"[\w-]{22}\.[\w-]{43}",
        "https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys.md",
        confirmed=True,
    ),
    # The answers that Mailgun's own client was recorded with.
    TokenForm(
        "Mailgun API key",
        "-",
        r"[0-9a-f]{8}-[0-9a-f]{8}(?!-)",
        "https://github.com/mailgun/mailgun-ruby/blob/master/vcr_cassettes/domains.yml",
        before=r"(?<![\w-])[0-9a-f]{32}",
        confirmed=True,
    ),
    TokenForm(
        "Mailchimp API key",
        "-us",
        r"\d{1,2}(?!\d)",
        "https://mailchimp.com/developer/marketing/guides/quick-start/",
        before=r"(?<![0-9a-zA-Z])[0-9a-f]{32}",
    ),
    TokenForm("Brevo API key", "xkeysib-", r"[0-9a-f]{64}-[A-Za-z0-9]{16}", _BREVO, confirmed=True),
    TokenForm("Brevo SMTP key", "xsmtpsib-", r"[0-9a-f]{64}-[A-Za-z0-9]{16}", _BREVO),
    TokenForm(
        "Resend API key",
        "re_",
        r"[A-Za-z0-9]{8}_[A-Za-z0-9]{24}",
        "https://github.com/resend/resend-node/blob/canary/src/api-keys/api-keys.spec.ts",
        confirmed=True,
    ),
    TokenForm(
        "MailerSend API key",
        "mlsn.",
        r"[0-9a-f]{64}",
        "https://github.com/mailersend/mailersend-cli/blob/main/README.md",
        confirmed=True,
    ),
    TokenForm(
        "Slack bot token",
        "xoxb-",
        r"\d{8,14}-(?:\d{8,14}-)?[A-Za-z0-9]{18,34}",
        "https://github.com/slackapi/slack-api-specs/blob/master/web-api/slack_web_openapi_v2.json",
        confirmed=True,
    ),
    # Secrets of 32 characters; those from before August 2016 are shorter.
    TokenForm(
        "Slack user token",
        "xoxp-",
        r"(?:\d{8,14}-){2,3}[A-Za-z0-9]{6,40}",
        "https://docs.slack.dev/reference/methods/oauth.v2.completeShortTokenRotation",
        confirmed=True,
    ),
    TokenForm(
        "Slack app-level token",
        "xapp-",
        r"\d-[A-Z0-9]{9,14}-\d{9,14}-[0-9a-z]{40,80}",
        "https://github.com/slackapi/python-slack-sdk/blob/main/docs/english/socket-mode.md",
        confirmed=True,
    ),
    TokenForm("Slack workspace token", "xoxa-", r"(?:\d-)?[A-Za-z0-9-]{20,80}", _SLACK),
    TokenForm("Slack refresh token", "xoxr-", r"(?:\d-)?[A-Za-z0-9-]{20,80}", _SLACK),
    # Of bots and users too, for apps that let their tokens expire.
    TokenForm(
        "Slack configuration token",
        "xoxe.",
        r"xox[bp]-\d-[A-Za-z0-9]{100,180}",
        _SLACK_ROTATION,
        confirmed=True,
    ),
    TokenForm(
        "Slack configuration refresh token", "xoxe-", r"\d-[A-Za-z0-9]{100,180}", _SLACK_ROTATION, confirmed=True
    ),
    TokenForm(
        "Slack webhook",
        "https://hooks.slack.com/",
        r"(?:services/T[A-Z0-9]{7,12}/B[A-Z0-9]{7,12}/[A-Za-z0-9]{23,26}|(?:workflows|triggers)/[A-Za-z0-9+/]{43,70})",
        "https://github.com/slackapi/python-slack-sdk/blob/main/docs/english/webhook.md",
        mark="hooks.slack.com/",
        confirmed=True,
    ),
    TokenForm(
        "Discord webhook",
        "webhooks/",
        r"\d{17,20}/[\w-]{60,80}",
        f"{_DISCORD}topics/oauth2.mdx",
        before=r"https://(?:ptb\.|canary\.)?discord(?:app)?\.com/api/(?:v\d{1,2}/)?",
        mark="webhooks/",
        confirmed=True,
    ),
    TokenForm(
        "Telegram bot token",
        ":AA",
        r"[\w-]{33}(?![\w-])",
        "https://core.telegram.org/bots/api#authorizing-your-bot",
        before=r"(?<!\d)\d{8,10}",
        confirmed=True,
    ),
    TokenForm(
        "Microsoft Teams webhook",
        ".webhook.office.com/webhookb2/",
        r"[0-9a-f-]{36}@[0-9a-f-]{36}/IncomingWebhook/[0-9a-f]{32}/[0-9a-f-]{36}",
        "https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook",
        before=r"https://[a-z0-9-]+",
        mark=".webhook.office.com/",
    ),
    TokenForm(
        "Twilio API key SID",
        "SK",
        r"[0-9a-fA-F]{32}",
        "https://github.com/twilio/twilio-oai/blob/main/spec/json/twilio_api_v2010.json",
        harmless=True,
        confirmed=True,
    ),
)

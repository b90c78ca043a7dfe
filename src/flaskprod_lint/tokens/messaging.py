"""Tokens of mail, chat and telephone services."""

from __future__ import annotations

from flaskprod_lint.tokens.form import TokenForm

_SLACK = "https://docs.slack.dev/authentication/tokens/"
_MAILGUN = "https://documentation.mailgun.com/docs/mailgun/api-reference/mg-auth"
_BREVO = "https://developers.brevo.com/docs/getting-started"

#: A bot's id, which is a number, in base64: what its first two digits come to.
_DIGITS = ("MD", "MT", "Mj", "Mz", "ND", "NT", "Nj", "Nz", "OD", "OT")

_DISCORD_BOTS = tuple(
    TokenForm(
        "Discord bot token",
        digits,
        r"[AEIMQUYcgk][\w-]{20,24}\.[\w-]{6}\.[\w-]{27,38}",
        "https://docs.discord.com/developers/reference#authentication",
    )
    for digits in _DIGITS
)

FORMS = (
    *_DISCORD_BOTS,
    TokenForm(
        "SendGrid API key",
        "SG.",
        r"[\w-]{20,24}\.[\w-]{39,50}",
        "https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys",
    ),
    TokenForm("Mailgun API key", "key-", r"[0-9a-f]{32}", _MAILGUN),
    TokenForm("Mailgun API key", "-", r"[0-9a-f]{8}-[0-9a-f]{8}(?!-)", _MAILGUN, before=r"(?<![\w-])[0-9a-f]{32}"),
    TokenForm(
        "Mailchimp API key",
        "-us",
        r"\d{1,2}(?!\d)",
        "https://mailchimp.com/developer/marketing/guides/quick-start/",
        before=r"(?<![0-9a-zA-Z])[0-9a-f]{32}",
    ),
    TokenForm(
        "Mailchimp Transactional key",
        "md-",
        r"(?=[\w-]*\d)(?=[\w-]*[A-Z])[\w-]{22}",
        "https://mailchimp.com/developer/transactional/guides/quick-start/",
    ),
    TokenForm("Brevo API key", "xkeysib-", r"[0-9a-f]{64}-[A-Za-z0-9]{16}", _BREVO),
    TokenForm("Brevo SMTP key", "xsmtpsib-", r"[0-9a-f]{64}-[A-Za-z0-9]{16}", _BREVO),
    TokenForm(
        "Resend API key",
        "re_",
        r"[A-Za-z0-9]{8}_[A-Za-z0-9]{24}",
        "https://resend.com/docs/dashboard/api-keys/introduction",
    ),
    TokenForm(
        "MailerSend API key", "mlsn.", r"[0-9a-f]{64}", "https://developers.mailersend.com/general.html#authentication"
    ),
    TokenForm("Slack bot token", "xoxb-", r"\d{8,14}-(?:\d{8,14}-)?[A-Za-z0-9]{18,34}", _SLACK),
    TokenForm("Slack user token", "xoxp-", r"(?:\d{8,14}-){2,3}[A-Za-z0-9]{6,40}", _SLACK),
    TokenForm("Slack app-level token", "xapp-", r"\d-[A-Z0-9]{9,14}-\d{9,14}-[0-9a-z]{40,80}", _SLACK),
    TokenForm("Slack workspace token", "xoxa-", r"(?:\d-)?[A-Za-z0-9-]{20,80}", _SLACK),
    TokenForm("Slack refresh token", "xoxr-", r"(?:\d-)?[A-Za-z0-9-]{20,80}", _SLACK),
    TokenForm("Slack configuration token", "xoxe.", r"xox[bp]-\d-[A-Za-z0-9]{100,180}", _SLACK),
    TokenForm("Slack configuration refresh token", "xoxe-", r"\d-[A-Za-z0-9]{100,180}", _SLACK),
    TokenForm(
        "Slack webhook",
        "https://hooks.slack.com/",
        r"(?:services/T[A-Z0-9]{7,12}/B[A-Z0-9]{7,12}/[A-Za-z0-9]{23,26}|(?:workflows|triggers)/[A-Za-z0-9+/]{43,70})",
        "https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/",
        mark="hooks.slack.com/",
    ),
    TokenForm(
        "Discord webhook",
        "webhooks/",
        r"\d{17,20}/[\w-]{60,80}",
        "https://docs.discord.com/developers/resources/webhook",
        before=r"https://(?:ptb\.|canary\.)?discord(?:app)?\.com/api/(?:v\d{1,2}/)?",
        mark="webhooks/",
    ),
    TokenForm(
        "Telegram bot token",
        ":AA",
        r"[\w-]{33}(?![\w-])",
        "https://core.telegram.org/bots/features#botfather",
        before=r"(?<!\d)\d{8,10}",
    ),
    TokenForm(
        "Microsoft Teams webhook",
        ".webhook.office.com/webhookb2/",
        r"[0-9a-f-]{36}@[0-9a-f-]{36}/IncomingWebhook/[0-9a-f]{32}/[0-9a-f-]{36}",
        "https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook",
        before=r"https://[a-z0-9-]+",
        mark=".webhook.office.com/",
    ),
    TokenForm("Twilio API key SID", "SK", r"[0-9a-f]{32}", "https://www.twilio.com/docs/iam/api-keys", harmless=True),
)

"""Tokens of services that host language and other models."""

from __future__ import annotations

from flaskprod_lint.tokens.form import TokenForm

_OPENAI = "https://platform.openai.com/docs/api-reference/authentication"
_ANTHROPIC = "https://docs.claude.com/en/api/overview"
_LANGSMITH = "https://docs.langchain.com/langsmith/create-account-api-key"
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

FORMS = (
    TokenForm("OpenAI project key", "sk-proj-", r"[\w-]{40,200}", _OPENAI),
    TokenForm("OpenAI service account key", "sk-svcacct-", r"[\w-]{40,200}", _OPENAI),
    TokenForm("OpenAI admin key", "sk-admin-", r"[\w-]{40,200}", _OPENAI),
    TokenForm("OpenAI API key", "sk-", r"[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}", _OPENAI),
    TokenForm("Anthropic API key", "sk-ant-api", r"\d\d-[\w-]{80,120}", _ANTHROPIC),
    TokenForm(
        "Claude OAuth token",
        "sk-ant-oat",
        r"\d\d-[\w-]{60,160}",
        "https://hexdocs.pm/claude_code_sdk/ClaudeCodeSDK.Auth.Providers.Anthropic.html",
    ),
    TokenForm("Anthropic admin key", "sk-ant-admin", r"\d\d-[\w-]{80,120}", _ANTHROPIC),
    TokenForm(
        "OpenRouter API key", "sk-or-v1-", r"[0-9a-f]{64}", "https://openrouter.ai/docs/api-reference/authentication"
    ),
    TokenForm("DeepSeek API key", "sk-", r"[0-9a-f]{32}(?![\w-])", "https://api-docs.deepseek.com/"),
    TokenForm(
        "Langfuse secret key", "sk-lf-", _UUID, "https://langfuse.com/docs/api-and-data-platform/features/public-api"
    ),
    TokenForm(
        "Langfuse public key",
        "pk-lf-",
        _UUID,
        "https://langfuse.com/docs/api-and-data-platform/features/public-api",
        public=True,
    ),
    TokenForm("LangSmith API key", "lsv2_pt_", r"[0-9a-f]{32}_[0-9a-f]{10}", _LANGSMITH),
    TokenForm("LangSmith service key", "lsv2_sk_", r"[0-9a-f]{32}_[0-9a-f]{10}", _LANGSMITH),
    TokenForm("Hugging Face token", "hf_", r"[A-Za-z0-9]{34,40}", "https://huggingface.co/docs/hub/security-tokens"),
    TokenForm(
        "Hugging Face organization token",
        "api_org_",
        r"[A-Za-z0-9]{34,40}",
        "https://huggingface.co/docs/hub/security-tokens",
    ),
    TokenForm(
        "Replicate API token", "r8_", r"[A-Za-z0-9]{37,40}", "https://replicate.com/docs/topics/security/api-tokens"
    ),
    TokenForm("Groq API key", "gsk_", r"[A-Za-z0-9]{48,64}", "https://console.groq.com/docs/quickstart"),
    TokenForm("xAI API key", "xai-", r"[A-Za-z0-9]{70,100}", "https://docs.x.ai/docs/overview"),
    TokenForm(
        "Perplexity API key", "pplx-", r"[A-Za-z0-9]{48,64}", "https://docs.perplexity.ai/guides/api-key-management"
    ),
    TokenForm(
        "NVIDIA API key",
        "nvapi-",
        r"[\w-]{60,70}",
        "https://docs.nvidia.com/nim/large-language-models/latest/getting-started.html",
    ),
    TokenForm(
        "Pinecone API key",
        "pcsk_",
        r"[A-Za-z0-9]{5,6}_[A-Za-z0-9]{63}",
        "https://docs.pinecone.io/guides/production/security-overview",
    ),
    TokenForm(
        "Voyage AI API key", "pa-", r"[\w-]{43}(?![\w-])", "https://docs.voyageai.com/docs/api-key-and-installation"
    ),
    TokenForm(
        "Tavily API key", "tvly-", r"(?:dev-|prod-)?[A-Za-z0-9]{32}", "https://docs.tavily.com/documentation/quickstart"
    ),
    TokenForm("Firecrawl API key", "fc-", r"[0-9a-f]{32}", "https://docs.firecrawl.dev/introduction"),
    TokenForm("ElevenLabs API key", "sk_", r"[0-9a-f]{48}", "https://elevenlabs.io/docs/api-reference/authentication"),
)

"""Tokens of services that host language and other models."""

from __future__ import annotations

from flaskprod_lint.tokens.form import TokenForm

_OPENAI = "https://github.com/openai/codex-action/blob/main/examples/test-sandbox-protections.yml"
_OPENAI_KEYS = "https://developers.openai.com/api/docs/guides/api-keys"
_LANGFUSE = "https://github.com/langfuse/langfuse/blob/main/packages/shared/src/server/auth/apiKeys.ts"
#: What LangSmith's own client hides of LangSmith's own keys.
_LANGSMITH = "https://github.com/langchain-ai/langsmith-sdk/blob/main/python/langsmith/anonymizer.py"
_LANGSMITH_BODY = r"[A-Za-z0-9]{32,64}(?:_[A-Za-z0-9]{6,32}){0,3}"
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

FORMS = (
    TokenForm("OpenAI project key", "sk-proj-", r"[\w-]{40,200}", _OPENAI, confirmed=True),
    TokenForm("OpenAI service account key", "sk-svcacct-", r"[\w-]{40,200}", _OPENAI_KEYS),
    TokenForm(
        "OpenAI admin key",
        "sk-admin-",
        r"[\w-]{40,200}",
        "https://github.com/openai/openai-openapi/blob/main/openapi.json",
        confirmed=True,
    ),
    TokenForm("OpenAI API key", "sk-", r"[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}", _OPENAI_KEYS),
    TokenForm(
        "Anthropic API key",
        "sk-ant-api",
        r"\d\d-[\w-]{80,120}",
        "https://github.com/anthropics/claude-cookbooks/blob/main/.env.example",
        confirmed=True,
    ),
    TokenForm(
        "Claude OAuth token",
        "sk-ant-oat",
        r"\d\d-[\w-]{60,160}",
        "https://github.com/anthropics/anthropic-sdk-python/blob/main/examples/workload_identity.py",
        confirmed=True,
    ),
    TokenForm(
        "Anthropic admin key",
        "sk-ant-admin",
        r"\d\d-[\w-]{80,120}",
        "https://platform.claude.com/docs/en/build-with-claude/administration-api",
        confirmed=True,
    ),
    TokenForm(
        "OpenRouter API key",
        "sk-or-v1-",
        r"[0-9a-f]{64}",
        "https://github.com/OpenRouterTeam/typescript-sdk/blob/main/.speakeasy/in.openapi.yaml",
        confirmed=True,
    ),
    TokenForm("Langfuse secret key", "sk-lf-", _UUID, _LANGFUSE, confirmed=True),
    TokenForm("Langfuse public key", "pk-lf-", _UUID, _LANGFUSE, public=True, confirmed=True),
    TokenForm("LangSmith API key", "lsv2_pt_", _LANGSMITH_BODY, _LANGSMITH, confirmed=True),
    TokenForm("LangSmith service key", "lsv2_sk_", _LANGSMITH_BODY, _LANGSMITH, confirmed=True),
    TokenForm(
        "Hugging Face token",
        "hf_",
        r"[A-Za-z0-9]{34,40}",
        "https://github.com/huggingface/huggingface_hub/blob/main/tests/testing_constants.py",
        confirmed=True,
    ),
    TokenForm(
        "Hugging Face organization token",
        "api_org_",
        r"[A-Za-z0-9]{34,40}",
        "https://github.com/huggingface/huggingface_hub/blob/main/src/huggingface_hub/utils/_headers.py",
        confirmed=True,
    ),
    TokenForm(
        "Replicate API token",
        "r8_",
        r"[A-Za-z0-9]{37}",
        "https://replicate.com/docs/topics/security/api-tokens",
        confirmed=True,
    ),
    TokenForm(
        "Groq API key",
        "gsk_",
        r"[A-Za-z0-9]{48,64}",
        "https://github.com/groq/groq-api-cookbook/blob/main/tutorials/02-tool-use/parallel-tool-use/"
        "parallel-tool-use.ipynb",
        confirmed=True,
    ),
    TokenForm(
        "xAI API key",
        "xai-",
        r"[A-Za-z0-9]{70,100}",
        "https://github.com/xai-org/grok-build/blob/main/crates/codegen/xai-grok-pager/docs/user-guide/"
        "02-authentication.md",
        confirmed=True,
    ),
    TokenForm(
        "Perplexity API key",
        "pplx-",
        r"[A-Za-z0-9]{48,64}",
        "https://docs.perplexity.ai/guides/perplexity-sdk-best-practices",
        confirmed=True,
    ),
    TokenForm(
        "NVIDIA API key",
        "nvapi-",
        r"[\w-]{60,70}",
        "https://github.com/NVIDIA/GenerativeAIExamples/blob/main/RAG/notebooks/langchain/"
        "Agent_use_tools_leveraging_NVIDIA_AI_endpoints.ipynb",
        confirmed=True,
    ),
    TokenForm(
        "Pinecone API key",
        "pcsk_",
        r"[A-Za-z0-9]{5,6}_[A-Za-z0-9]{63}",
        "https://github.com/pinecone-io/pinecone-python-client/blob/main/pinecone/admin/api_keys.py",
        confirmed=True,
    ),
    TokenForm(
        "Voyage AI API key",
        "pa-",
        r"(?=[\w-]*\d)(?=[\w-]*[A-Z])[\w-]{43}(?![\w-])",
        "https://github.com/voyage-ai/voyageai-python/blob/main/tests/test_unit.py",
        confirmed=True,
    ),
    TokenForm(
        "Tavily API key",
        "tvly-",
        r"(?:dev-|prod-)?[A-Za-z0-9]{32}",
        "https://github.com/tavily-ai/tavily-python/blob/master/README.md",
        confirmed=True,
    ),
    TokenForm(
        "Firecrawl API key",
        "fc-",
        r"[0-9a-f]{32}",
        "https://github.com/firecrawl/firecrawl/blob/main/apps/api/src/lib/parseApi.ts",
        confirmed=True,
    ),
    TokenForm("ElevenLabs API key", "sk_", r"[0-9a-f]{48}", "https://elevenlabs.io/docs/api-reference/authentication"),
)

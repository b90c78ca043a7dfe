"""Keys of Azure's services that say in the middle of themselves what they are for."""

from __future__ import annotations

from flaskprod_lint.tokens.form import TokenForm

#: Microsoft's own scanner, with a pattern for each.
_SOURCE = "https://github.com/microsoft/security-utilities"
_BASE64 = "[A-Za-z0-9+/]"


def _key(name: str, mark: str, before: str, after: str) -> TokenForm:
    return TokenForm(name, mark, after, _SOURCE, before=rf"(?<![A-Za-z0-9+/_-]){before}", mark=mark)


FORMS = (
    _key("Azure storage account key", "+ASt", f"{_BASE64}{{76}}", f"{_BASE64}{{5}}[AQgw]=="),
    _key("Azure Cosmos DB key", "ACDb", f"{_BASE64}{{76}}", f"{_BASE64}{{5}}[AQgw]=="),
    _key("Azure function key", "AzFu", r"[\w-]{44}", r"[\w-]{5}[AQgw]=="),
    _key("Azure AI Search key", "AzSe", "[A-Za-z0-9]{42}", "[A-D][A-Za-z0-9]{5}"),
    _key("Azure Cache for Redis key", "AzCa", f"{_BASE64}{{33}}", f"[A-P]{_BASE64}{{5}}="),
    _key("Azure container registry password", "+ACR", f"{_BASE64}{{42}}", f"[A-D]{_BASE64}{{5}}"),
    _key("Azure Service Bus key", "+ASb", f"{_BASE64}{{33}}", f"[A-P]{_BASE64}{{5}}="),
    _key("Azure Event Hubs key", "+AEh", f"{_BASE64}{{33}}", f"[A-P]{_BASE64}{{5}}="),
    _key("Azure IoT key", "AIoT", f"{_BASE64}{{33}}", f"[A-P]{_BASE64}{{5}}="),
    # Azure OpenAI and the other AI services, Azure DevOps, Maps and more.
    _key(
        "Azure service key",
        "JQQJ9",
        "[A-Za-z0-9]{52}",
        "[9DH][A-Za-z0-9][A-L][A-Za-z0-9]{16}[A-Za-z][A-Za-z0-9]{7}(?:[A-Za-z0-9]{2}==)?",
    ),
)

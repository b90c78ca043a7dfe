"""Keys of Azure's services that say in the middle of themselves what they are for, with a checksum at their end."""

from __future__ import annotations

from functools import partial

from flaskprod_lint.tokens.checksums import marvin
from flaskprod_lint.tokens.form import TokenForm

#: Microsoft's own library that makes and checks such keys: a file for each, and the seeds of their checksums.
_MICROSOFT = "https://github.com/microsoft/security-utilities/blob/main/src/Microsoft.Security.Utilities.Core/"
_KEYS = f"{_MICROSOFT}PreciselyClassifiedSecurityKeys/"
_BASE64 = "[A-Za-z0-9+/]"

#: A seed is the name of what the key may do, as a number: https://github.com/microsoft/security-utilities, the file
#: src/Microsoft.Security.Utilities.Core/IdentifiableMetadata.cs. Keys of unknown use are made by the service itself.
_MESSAGING = ("Send0000", "Manage00", "Listen00", "System00", "Unknown0")
_COSMOS = ("SysAll00", "Resour00", "MastRO00", "SystRO00", "Encryp00", "MastRW00", "SystRW00")


def _key(name: str, mark: str, before: str, after: str, file: str, *seeds: str) -> TokenForm:
    return TokenForm(
        name,
        mark,
        after,
        f"{_KEYS}{file}.cs",
        before=rf"(?<![A-Za-z0-9+/_-]){before}",
        is_right=partial(marvin, seeds=seeds) if seeds else None,
        mark=mark,
        confirmed=True,
    )


def _of_64_bytes(name: str, mark: str, file: str, *seeds: str) -> TokenForm:
    return _key(name, mark, f"{_BASE64}{{76}}", f"{_BASE64}{{5}}[AQgw]==", file, *seeds)


def _of_32_bytes(name: str, mark: str, file: str, *seeds: str) -> TokenForm:
    return _key(name, mark, f"{_BASE64}{{33}}", f"[A-P]{_BASE64}{{5}}=", file, *seeds)


FORMS = (
    _of_64_bytes("Azure storage account key", "+ASt", "SEC101_152_AzureStorageAccountIdentifiableKey", "Default0"),
    _of_64_bytes("Azure Cosmos DB key", "ACDb", "SEC101_160_AzureCosmosDbIdentifiableKey", *_COSMOS),
    _of_64_bytes("Azure Batch key", "+ABa", "SEC101_163_AzureBatchIdentifiableKey", "AbAcct00"),
    _key(
        "Azure function key",
        "AzFu",
        r"[\w-]{44}",
        r"[\w-]{5}[AQgw]==",
        "SEC101_158_AzureFunctionIdentifiableKey",
        "Functi00",
        "Master00",
        "System00",
    ),
    _key(
        "Azure AI Search key",
        "AzSe",
        "[A-Za-z0-9]{42}",
        "[A-D][A-Za-z0-9]{5}",
        "SEC101_167_AzureSearchIdentifiableAdminKey",
        "PAdmin00",
        "Query000",
    ),
    # A Redis key with a `+` or a `/` in it gets other letters there after its checksum was made.
    _of_32_bytes("Azure Cache for Redis key", "AzCa", "SEC101_154_AzureCacheForRedisIdentifiableKey"),
    _key(
        "Azure container registry password",
        "+ACR",
        f"{_BASE64}{{42}}",
        f"[A-D]{_BASE64}{{5}}",
        "SEC101_176_AzureContainerRegistryIdentifiableKey",
        "ACRDflt0",
    ),
    _of_32_bytes("Azure Service Bus key", "+ASb", "SEC101_171_AzureServiceBusIdentifiableKey", *_MESSAGING),
    _of_32_bytes("Azure Event Hubs key", "+AEh", "SEC101_172_AzureEventHubIdentifiableKey", *_MESSAGING),
    _of_32_bytes("Azure Relay key", "+ARm", "SEC101_173_AzureRelayIdentifiableKey", *_MESSAGING),
    _of_32_bytes("Azure IoT key", "AIoT", "SEC101_178_AzureIotHubIdentifiableKey", "IoTHub00", "DpsKey00", "Device00"),
    # Azure OpenAI and the other AI services, Azure DevOps, Maps and more.
    TokenForm(
        "Azure service key",
        "JQQJ9",
        "[9DH][A-Za-z0-9][A-L][A-Za-z0-9]{16}[A-Za-z][A-Za-z0-9]{7}(?:[A-Za-z0-9]{2}==)?",
        f"{_MICROSOFT}IdentifiableSecrets.cs",
        before=r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9]{52}",
        mark="JQQJ9",
        confirmed=True,
    ),
)

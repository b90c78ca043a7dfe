"""What the app believes of the proxies before it: nothing at all, or more than they say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flaskprod_lint.finding import Confidence, Finding
from flaskprod_lint.model import App, Deployment, Platform, Process, ProxyTrust, Setting, Unknown, Use
from flaskprod_lint.rules import rule
from flaskprod_lint.rules.hardening import definition, may_load_other_settings, served_apps, used
from flaskprod_lint.rules.pointing import trail
from flaskprod_lint.source import Place

_ADDRESSES = ("external-url", "scheme")
_LOOPBACK = frozenset(("127.0.0.1", "::1", "localhost", "127.0.0.0/8", ""))


@rule("proxy-headers-ignored")
def proxy_headers_ignored(deployment: Deployment) -> Iterator[Finding]:
    """The app takes the platform's proxy for the client."""
    platform = deployment.platform
    for process, app in served_apps(deployment):
        if platform is None or not platform.https or process.server is None or process.server.is_dev_server:
            continue
        links = None if _knows_scheme(platform, process, app) else used(app, *_ADDRESSES)
        client = None if _knows_client(app) else used(app, "client-address")
        uses = [use for use in (links, client) if use is not None]
        if not uses:
            continue
        fix = next((one for one in app.proxy_trust if one.by == "ProxyFix"), None)
        at = (fix and fix.at.span) or definition(app, deployment)
        yield Finding(
            f"The app does not read what {platform.name}'s proxy tells it: " + _effects(links, client),
            at=at,
            because=trail(process, at, *(use.at for use in uses)),
            confidence=_confidence(deployment, app, uses),
            label="no ProxyFix" if fix is None else "not these headers",
            instead=_fix(platform),
        )


@rule("proxy-headers-from-anyone")
def proxy_headers_from_anyone(deployment: Deployment) -> Iterator[Finding]:
    """Headers are believed that any client can write."""
    for process, app in served_apps(deployment):
        yield from _deeper_than_the_platform(deployment, process, app)
        yield from _reached_directly(process, app)


def _deeper_than_the_platform(deployment: Deployment, process: Process, app: App) -> Iterator[Finding]:
    hops = deployment.platform.proxy_hops if deployment.platform is not None else None
    client = used(app, "client-address")
    for fix in app.proxy_trust:
        if hops is None or client is None or not isinstance(fix.x_for, int) or fix.x_for <= hops or not fix.at.span:
            continue
        name = deployment.platform.name if deployment.platform is not None else ""
        yield Finding(
            f"ProxyFix believes {fix.x_for} proxies, and {name} adds {_addresses(hops)} to X-Forwarded-For: a client "
            "that sends the header itself chooses the address that the app sees, unless another proxy stands before it",
            at=fix.at.span,
            because=trail(process, fix.at.span, client.at),
            confidence=Confidence.MEDIUM,
            label=f"one too many: x_for={hops}",
            instead=f"ProxyFix(app.wsgi_app, x_for={hops}, x_proto=1)",
        )


def _reached_directly(process: Process, app: App) -> Iterator[Finding]:
    """A port that a compose file opens to everyone, and headers that are believed all the same."""
    published = process.published
    fixes = [(fix, use) for fix in app.proxy_trust if (use := _chosen_by_clients(app, fix)) is not None]
    server = _believes_everyone(process)
    if published is None or published.span is None or not (fixes or server):
        return
    chosen = [_CHOICES[use.kind] for _, use in fixes[:1]] + (["SCRIPT_NAME and the scheme"] if server else [])
    places = [place for fix, use in fixes[:1] for place in (fix.at, use.at)]
    yield Finding(
        f"{'ProxyFix' if fixes else 'Gunicorn'} believes what a proxy says, but this port is open to everyone: a "
        f"client that comes to it directly can choose {' and '.join(chosen)}",
        at=published.span,
        because=trail(process, published.span, *places, server),
        confidence=Confidence.MEDIUM,
        label="reached past any proxy",
        instead=_local_only(published),
    )


#: What a client can choose by a header, by the kind of use.
_CHOICES = {"client-address": "its own address", "external-url": "the host in the app's links"}


def _local_only(published: Place) -> str:
    """The entry of `ports` that only the machine itself can reach."""
    ports = re.findall(r"\d+", published.note)
    return f'- "127.0.0.1:{ports[0]}:{ports[-1]}"'


def _chosen_by_clients(app: App, fix: ProxyTrust) -> Use | None:
    """What the app uses of that which a client could write itself."""
    if fix.by != "ProxyFix" or not fix.sure:
        return None
    client = used(app, "client-address") if isinstance(fix.x_for, int) and fix.x_for else None
    return client or (used(app, "external-url") if isinstance(fix.x_host, int) and fix.x_host else None)


def _believes_everyone(process: Process) -> Setting | None:
    setting = _allowed(process)
    peers = setting.value if setting is not None and not setting.is_default else None
    return setting if isinstance(peers, (str, list, tuple)) and "*" in peers else None


def _allowed(process: Process) -> Setting | None:
    server = process.server
    return server.settings.get("forwarded_allow_ips") if server is not None and server.is_gunicorn else None


def _knows_scheme(platform: Platform, process: Process, app: App) -> bool:
    """Whether scheme and links come out right: by ProxyFix, or because Gunicorn believes the proxy. So that nothing is
    said where it is not known, other servers count as right."""
    if any(isinstance(fix.x_proto, Unknown) or fix.x_proto for fix in app.proxy_trust):
        return True
    setting = _allowed(process)
    if setting is None:
        return process.server is None or not process.server.is_gunicorn
    value = setting.value
    peers = value.split(",") if isinstance(value, str) else value if isinstance(value, (list, tuple)) else ["?"]
    return platform.proxy_peer in _LOOPBACK or any(str(peer).strip() not in _LOOPBACK for peer in peers)


def _knows_client(app: App) -> bool:
    return any(isinstance(fix.x_for, Unknown) or fix.x_for for fix in app.proxy_trust)


def _effects(links: Use | None, client: Use | None) -> str:
    effects = []
    if links is not None and links.kind == "scheme":
        effects.append("every request looks like plain HTTP")
    elif links is not None:
        effects.append("the links it makes start with http://")
    if client is not None and "limiter" in client.at.note:
        effects.append("all clients share one rate limit, that of the proxy's address")
    elif client is not None:
        effects.append("every client has the proxy's address")
    return ", and ".join(effects)


def _fix(platform: Platform) -> str:
    return f"app.wsgi_app = ProxyFix(app.wsgi_app, x_for={platform.proxy_hops or 1}, x_proto=1)"


def _addresses(hops: int) -> str:
    return "one address" if hops == 1 else f"{hops} addresses"


def _confidence(deployment: Deployment, app: App, uses: list[Use]) -> Confidence:
    unconfirmed = deployment.platform is not None and not deployment.platform.confirms("front.https")
    sure = all(use.sure for use in uses) and not unconfirmed and not deployment.assumed
    sure = sure and not may_load_other_settings(app)
    return Confidence.HIGH if sure else Confidence.MEDIUM

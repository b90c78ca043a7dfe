"""Where Gunicorn's access and error logs go, after a logging configuration has had its say (gunicorn/glogging.py)."""

from __future__ import annotations

import configparser
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from flaskprod_lint.model import STREAMS, Setting, Unknown

DEFAULT_LOGGERS = ("gunicorn.glogging.Logger", "simple", "gunicorn.instrument.statsd.Statsd")
_CONFIGURATIONS = ("logconfig_dict", "logconfig_json", "logconfig")

#: Gives the text of a file by its path as Gunicorn would open it; None when it is not the project's.
Reader = Callable[[str], "str | None"]


def access_log(settings: Mapping[str, Setting], read: Reader) -> Setting:
    """The destination of the access log: None when there is none."""
    return _destination("accesslog", "gunicorn.access", settings, read)


def error_log(settings: Mapping[str, Setting], read: Reader) -> Setting:
    """The destination of the error log."""
    return _destination("errorlog", "gunicorn.error", settings, read)


def _destination(name: str, logger: str, settings: Mapping[str, Setting], read: Reader) -> Setting:
    setting = settings[name]
    odd = settings["logger_class"]
    if odd.value not in DEFAULT_LOGGERS:
        reason = odd.value.reason if isinstance(odd.value, Unknown) else f"logger_class = {odd.value} decides it"
        return Setting(name, Unknown(reason, odd.span), odd.origin)
    for configuration in _CONFIGURATIONS:
        chosen = settings.get(configuration)
        if chosen is not None and (isinstance(chosen.value, Unknown) or chosen.value):
            value = _configured(chosen, logger, setting, read)
            if value is setting.value:
                return setting
            return Setting(name, value, chosen.origin, environment=chosen.environment, sure=chosen.sure)
    syslog = settings["syslog"]
    if setting.value is None and syslog.value and settings["disable_redirect_access_to_syslog"].value is False:
        return Setting(name, "syslog", syslog.origin)
    return setting


def _configured(chosen: Setting, logger: str, setting: Setting, read: Reader) -> Any:
    """Where the handlers of a logging configuration send a logger's records."""
    configuration = _dictionary(chosen, read)
    if isinstance(configuration, Unknown):
        return configuration
    loggers = configuration.get("loggers", _DEFAULTS["loggers"])
    if isinstance(loggers, dict) and logger not in loggers:
        # What the configuration does not name keeps the handler that Gunicorn gave it, and passes nothing on.
        return setting.value
    handlers = _handlers_of(configuration, logger)
    if handlers is None:
        return Unknown(f"{chosen.name} decides it", chosen.span)
    targets = [_target(handler) for handler in handlers]
    streams = [target for target in targets if target in STREAMS]
    hole = next((target for target in targets if isinstance(target, Unknown)), None)
    if hole is not None and not streams:
        return Unknown(f"{chosen.name} decides it: {hole.reason}", hole.at or chosen.span)
    return streams[0] if streams else targets[0] if targets else None


def _dictionary(chosen: Setting, read: Reader) -> dict[str, Any] | Unknown:
    """The logging configuration as a dictionary, also that of another file."""
    if isinstance(chosen.value, Unknown):
        return chosen.value
    if isinstance(chosen.value, dict):
        return chosen.value
    text = read(str(chosen.value))
    if text is None:
        return Unknown(f"{chosen.value} decides it", chosen.span)
    try:
        found = json.loads(text) if chosen.name == "logconfig_json" else _of_ini(text)
    except (ValueError, configparser.Error):
        return Unknown(f"{chosen.value} cannot be read", chosen.span)
    return found if isinstance(found, dict) else Unknown(f"{chosen.value} cannot be read", chosen.span)


def _of_ini(text: str) -> dict[str, Any]:
    """The loggers and handlers of a file for logging.config.fileConfig."""
    parser = configparser.RawConfigParser()
    parser.read_string(text)
    found: dict[str, Any] = {"loggers": {}, "handlers": {}, "root": {}}
    for name in parser.sections():
        section = parser[name]
        if name.startswith("logger_"):
            handlers = [part.strip() for part in section.get("handlers", "").split(",") if part.strip()]
            entry = {"handlers": handlers, "propagate": section.get("propagate", "1").strip() != "0"}
            if name == "logger_root":
                found["root"] = entry
            else:
                found["loggers"][section.get("qualname", name[7:])] = entry
        elif name.startswith("handler_"):
            kind = section.get("class", "")
            entry = {"class": kind}
            path = re.match(r"\(\s*['\"]([^'\"]+)['\"]", section.get("args", ""))
            if path and "File" in kind:
                entry["filename"] = path.group(1)
            found["handlers"][name[8:]] = entry
    return found


def _handlers_of(configuration: dict[Any, Any], logger: str) -> list[Any] | None:
    """The handlers that a logger's records reach; None when that cannot be made out."""
    loggers = configuration.get("loggers", _DEFAULTS["loggers"])
    defined = configuration.get("handlers", _DEFAULTS["handlers"])
    root = configuration.get("root", _DEFAULTS["root"])
    if not all(isinstance(part, dict) for part in (loggers, defined, root)):
        return None
    own = loggers.get(logger, {})
    if not isinstance(own, dict):
        return None
    # Gunicorn switches passing on off; a configuration that says so switches it on again.
    sections = [own]
    if own.get("propagate"):
        sections += [loggers.get("gunicorn", {}), root, loggers.get("", {}), loggers.get("root", {})]
    names = [name for section in sections if isinstance(section, dict) for name in section.get("handlers", ())]
    return [defined.get(name) for name in names]


def _target(handler: Any) -> Any:
    if not isinstance(handler, dict):
        return Unknown("a handler that is not a dictionary")
    kind = handler.get("class", "")
    if isinstance(handler.get("filename"), str):
        return handler["filename"]
    if isinstance(kind, str) and kind.endswith("NullHandler"):
        return None
    if isinstance(kind, str) and kind.endswith(("StreamHandler", "RichHandler", "DefaultRichHandler")):
        return "-"
    return Unknown(f"handler {kind or 'class'} is not known here")


#: What Gunicorn starts from; a key of the project's dictionary takes the place of the whole key here.
_DEFAULTS: dict[str, Any] = {
    "root": {"level": "INFO", "handlers": ["console"]},
    "loggers": {
        "gunicorn.error": {"level": "INFO", "handlers": ["error_console"], "propagate": True},
        "gunicorn.access": {"level": "INFO", "handlers": ["console"], "propagate": True},
    },
    "handlers": {"console": {"class": "logging.StreamHandler"}, "error_console": {"class": "logging.StreamHandler"}},
}

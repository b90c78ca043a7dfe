"""What will run: deployments, their images, processes, servers, apps and database engines.

`resolve` fills the model, rules read it. Nothing here reads a file or knows an order of precedence.
"""

from __future__ import annotations

from flaskprod_lint.model.app import App, InProcess, LogHandler, ProxyTrust, Reached, Route, SecretUse, Use
from flaskprod_lint.model.command import Command, CommandFault, Signal, Step
from flaskprod_lint.model.credentials import Credential, HardcodedSecret
from flaskprod_lint.model.database import Budget, BudgetRow, Driver, Engine, MigrationRun, Migrations, OptionFault
from flaskprod_lint.model.deployment import Conflict, Deployment, Disk, EnvFile, Platform, Process
from flaskprod_lint.model.image import Copied, Image, ImageRun, Package, Packages, SecretLiteral
from flaskprod_lint.model.platform_facts import Fact, PlatformFacts
from flaskprod_lint.model.server import STREAMS, Address, Overlooked, Refusal, Server, Target
from flaskprod_lint.model.values import NOWHERE, EnvironmentRead, Override, Setting, Unknown

__all__ = [
    "NOWHERE",
    "STREAMS",
    "Address",
    "App",
    "Budget",
    "BudgetRow",
    "Command",
    "CommandFault",
    "Conflict",
    "Copied",
    "Credential",
    "Deployment",
    "Disk",
    "Driver",
    "Engine",
    "EnvFile",
    "EnvironmentRead",
    "Fact",
    "HardcodedSecret",
    "Image",
    "ImageRun",
    "InProcess",
    "LogHandler",
    "MigrationRun",
    "Migrations",
    "OptionFault",
    "Overlooked",
    "Override",
    "Package",
    "Packages",
    "Platform",
    "PlatformFacts",
    "Process",
    "ProxyTrust",
    "Reached",
    "Refusal",
    "Route",
    "SecretLiteral",
    "SecretUse",
    "Server",
    "Setting",
    "Signal",
    "Step",
    "Target",
    "Unknown",
    "Use",
]

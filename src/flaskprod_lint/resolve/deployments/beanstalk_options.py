"""The options of Elastic Beanstalk that the files of .ebextensions set, of all of them together."""

from __future__ import annotations

from dataclasses import field

from flaskprod_lint.inputs import beanstalk
from flaskprod_lint.inputs.beanstalk import ENVIRONMENT, ContainerCommand, EbOption
from flaskprod_lint.model import Platform, SecretLiteral, Setting, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.deployments import amounts, manifest_secrets, parts, planned
from flaskprod_lint.source import Located, Place, Project, is_number

#: Where nginx finds the app unless PORT says otherwise (Elastic Beanstalk's guide, python-configuration-procfile).
PORT = 8000
_URL = regex(r"(?:[A-Za-z]+:)?\d*(/.*)")


@dataclass(frozen=True)
class EbOptions:
    """The options of a folder, in the order in which they are applied, and its container commands.

    `misplaced` is a WSGIPath where nothing reads it; `complete` is False where a file could not be read to the end.
    """

    paths: tuple[str, ...] = ()
    options: tuple[EbOption, ...] = ()
    commands: tuple[ContainerCommand, ...] = ()
    variables: dict[str, Setting] = field(default_factory=dict)
    misplaced: Located[str] | None = None
    complete: bool = True

    @classmethod
    def read(cls, project: Project, folder: str) -> EbOptions:
        """The options of a folder's files, which are read in the order of their names."""
        prefix = f"{folder}/.ebextensions/" if folder else ".ebextensions/"
        files = [path for path in project.of_format("ebextensions") if path.startswith(prefix)]
        facts = [found for path in sorted(files) if (found := project.facts(path, beanstalk.read)) is not None]
        for one in facts:
            parts.note_problem(project, one.problem)
        options = tuple(option for one in facts for option in one.options)
        own = [option for option in options if option.namespace == ENVIRONMENT]
        return cls(
            tuple(one.path for one in facts),
            options,
            tuple(command for one in facts for command in one.commands),
            {option.name.value: planned.literal(option.name.value, option.value) for option in own},
            next((one.misplaced for one in facts if one.misplaced is not None), None),
            not any(one.template or one.problem is not None for one in facts),
        )

    @property
    def first(self) -> str | None:
        """The first of the files."""
        return self.paths[0] if self.paths else None

    def get(self, namespace: str, name: str) -> EbOption | None:
        """The option that counts: the last one."""
        found = (one for one in reversed(self.options) if one.namespace == namespace and one.name.value == name)
        return next(found, None)

    def value(self, namespace: str, name: str) -> Located[str] | None:
        """The value of an option."""
        option = self.get(namespace, name)
        return option.value if option is not None else None

    def secrets(self, *, development: bool) -> tuple[SecretLiteral, ...]:
        """The secrets that stand among the environment's variables."""
        pairs = [(one.name, one.value) for one in self.options if one.namespace == ENVIRONMENT]
        return manifest_secrets.of_pairs(pairs, "option_settings", development=development)

    def database_variables(self, platform: Platform | None) -> dict[str, Setting]:
        """RDS_HOSTNAME and its kin, which are set where the environment has a database of its own."""
        option = next((one for one in self.options if one.namespace == "aws:rds:dbinstance"), None)
        if option is None or platform is None:
            return {}
        unknown = Unknown("Elastic Beanstalk sets it for the environment's database")
        place = Place(option.name.span, "the environment has a database")
        return {name: Setting(name, unknown, place) for name in platform.database_variables}

    @property
    def most_instances(self) -> Located[str] | None:
        """The most instances that run: MaxSize, or 1 for an environment without a balancer."""
        kind = self.value("aws:elasticbeanstalk:environment", "EnvironmentType")
        if kind is not None and kind.value == "SingleInstance":
            return Located("1", kind.span)
        return self.value("aws:autoscaling:asg", "MaxSize")

    @property
    def instance_type(self) -> Located[str] | None:
        """The kind of machine, the first of several."""
        told = self.value("aws:ec2:instances", "InstanceTypes")
        told = told or self.value("aws:autoscaling:launchconfiguration", "InstanceType")
        return Located(told.value.partition(",")[0].strip(), told.span) if told is not None else None

    @property
    def port(self) -> Setting:
        """The port of the machine to which nginx passes requests on."""
        told = self.variables.get("PORT")
        if told is not None and isinstance(told.value, str) and is_number(told.value):
            return Setting("port", int(told.value), Place(told.span, f"nginx passes requests on to {told.value}"))
        return Setting("port", PORT, Place(None, f"nginx of Elastic Beanstalk passes requests on to {PORT}"))

    @property
    def router_timeout(self) -> Setting | None:
        """The seconds that the balancer waits for an answer."""
        text = self.value("aws:elbv2:loadbalancer", "IdleTimeout")
        text = text or self.value("aws:elb:policies", "ConnectionSettingIdleTimeout")
        return amounts.seconds(text, "IdleTimeout", "router timeout")

    @property
    def health_path(self) -> Setting | None:
        """The path of the health check, of either kind of balancer."""
        text = self.value("aws:elasticbeanstalk:environment:process:default", "HealthCheckPath")
        older = self.value("aws:elasticbeanstalk:application", "Application Healthcheck URL")
        if text is None and older is not None and (match := _URL.fullmatch(older.value)):
            text = Located(match[1], older.span)
        return amounts.path(text, "HealthCheckPath")

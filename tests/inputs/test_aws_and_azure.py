"""The manifests of AWS and Azure as people write them, also oddly: which facts are read, and what is no fact."""

from __future__ import annotations

from flaskprod_lint.inputs import apprunner, azd, beanstalk, bicep, container_app, copilot, dockerrun, ecs
from flaskprod_lint.source import Located, Source


def texts(found: tuple[Located[str], ...] | None) -> list[str] | None:
    return [one.value for one in found] if found is not None else None


def pairs(found: tuple[tuple[Located[str], Located[str]], ...]) -> dict[str, str]:
    return {name.value: value.value for name, value in found}


# App Runner


def test_apprunner_with_a_secret_among_its_variables() -> None:
    text = "runtime: python3\nrun:\n  command: x\n  env:\n    - {name: A, value: 1}\n    - {name: B, value-from: arn}\n"
    facts = apprunner.read(Source("apprunner.yaml", text))
    assert pairs(facts.environment) == {"A": "1"}
    assert texts(facts.secrets) == ["B"]


def test_apprunner_with_variables_that_are_no_list() -> None:
    facts = apprunner.read(Source("apprunner.yaml", "runtime: python3\nrun:\n  command: x\n  env:\n    A: 1\n"))
    assert facts.environment == ()


def test_apprunner_broken() -> None:
    facts = apprunner.read(Source("apprunner.yaml", "run: [\n"))
    assert facts.command is None
    assert facts.problem is not None


# Elastic Beanstalk


def options(text: str) -> list[tuple[str, str, str]]:
    facts = beanstalk.read(Source(".ebextensions/a.config", text))
    return [(one.namespace, one.name.value, one.value.value) for one in facts.options]


def test_options_by_namespace() -> None:
    text = "option_settings:\n  aws:autoscaling:asg:\n    MinSize: 1\n    MaxSize: '4'\n"
    assert options(text) == [("aws:autoscaling:asg", "MinSize", "1"), ("aws:autoscaling:asg", "MaxSize", "4")]


def test_options_as_a_list() -> None:
    text = (
        "option_settings:\n  - {namespace: 'aws:autoscaling:asg', option_name: MaxSize, value: 4}\n"
        "  - option_name: A\n    value: b\n"
    )
    assert options(text) == [("aws:autoscaling:asg", "MaxSize", "4"), (beanstalk.ENVIRONMENT, "A", "b")]


def test_options_in_json() -> None:
    assert options('{"option_settings": {"aws:autoscaling:asg": {"MaxSize": "4"}}}') == [
        ("aws:autoscaling:asg", "MaxSize", "4")
    ]


def test_options_that_are_none() -> None:
    assert options("option_settings: later\n") == []
    assert options("option_settings:\n  aws:autoscaling:asg:\n    MaxSize:\n      - 4\n") == []


def test_container_commands_run_by_name() -> None:
    text = (
        "container_commands:\n  02_b:\n    command: b\n    leader_only: yes\n"
        "  01_a:\n    command: [a, '1']\n  03_c: {}\n"
    )
    facts = beanstalk.read(Source(".ebextensions/a.config", text))
    assert [(one.name.value, one.command.value, one.leader_only) for one in facts.commands] == [
        ("01_a", "a 1", False),
        ("02_b", "b", True),
    ]


def test_a_wsgi_path_beside_the_options_is_misplaced() -> None:
    facts = beanstalk.read(Source("a.config", "option_settings:\nWSGIPath: app:app\n"))
    assert facts.misplaced is not None
    assert facts.misplaced.span.line == 2


# ECS


def test_a_task_definition_with_nulls() -> None:
    web = '{"name": "web", "image": "shop", "command": null, "entryPoint": [], "secrets": null}'
    text = f'{{"containerDefinitions": [{web}]}}'
    (task,) = ecs.read(Source("task.json", text)).tasks
    assert (task.containers[0].command, task.containers[0].entrypoint, task.containers[0].secrets) == (None, None, ())


def test_the_answer_of_the_command_line_holds_a_definition() -> None:
    text = '{"taskDefinition": {"family": "shop", "containerDefinitions": [{"name": "web", "image": "shop"}]}}'
    (task,) = ecs.read(Source("task.json", text)).tasks
    assert task.family is not None
    assert task.family.value == "shop"


def test_containers_alone() -> None:
    text = '[{"name": "web", "image": "shop", "portMappings": [{"containerPort": 80}]}]'
    (task,) = ecs.read(Source("containers.json", text)).tasks
    assert texts(task.containers[0].ports) == ["80"]


def test_a_function_of_cloudformation_is_no_text() -> None:
    text = (
        "Resources:\n  T:\n    Type: AWS::ECS::TaskDefinition\n    Properties:\n      ContainerDefinitions:\n"
        "        - Name: web\n          Image: !Ref Image\n          Command: [gunicorn, !Ref Target]\n"
        "          Environment: [{Name: A, Value: !Ref A}]\n"
    )
    (task,) = ecs.read(Source("stack.yml", text)).tasks
    web = task.containers[0]
    assert (web.image, web.command, texts(web.holes)) == (None, None, ["A"])


def test_a_template_is_not_called_broken() -> None:
    facts = ecs.read(Source("task.json", '{"containerDefinitions": [{"name": ${name}}]}'))
    assert (facts.tasks, facts.problem) == ((), None)


def test_other_json_is_nothing() -> None:
    assert ecs.read(Source("data.json", '[{"name": "a"}, 3]')) == ecs.Ecs("data.json")


def test_dockerrun_with_a_command() -> None:
    text = '{"Image": {"Name": "shop"}, "Ports": [{"ContainerPort": 80}, {}], "Command": "gunicorn \'a b\'"}'
    facts = dockerrun.read(Source("Dockerrun.aws.json", text))
    assert (texts(facts.ports), texts(facts.command), facts.several) == (["80"], ["gunicorn", "a b"], None)


def test_copilot_in_short_and_in_long() -> None:
    short = copilot.read(Source("m.yml", "image:\n  build: a/Dockerfile\ncount: 3\nhttp:\n  healthcheck: /up\n"))
    long = copilot.read(
        Source(
            "m.yml",
            "image:\n  build: {dockerfile: a/Dockerfile, context: .}\ncount:\n  range: {min: 1, max: 3}\n"
            "http:\n  healthcheck:\n    path: /up\n",
        )
    )
    for facts in (short, long):
        assert [one.value for one in (facts.dockerfile, facts.count, facts.health_path) if one] == [
            "a/Dockerfile",
            "3",
            "/up",
        ]


# Azure


def test_azd_with_services_that_are_none() -> None:
    facts = azd.read(Source("azure.yaml", "services:\n  web:\n  api: {host: appservice, project: ./api}\n"))
    assert [one.name.value for one in facts.services] == ["api"]


def test_azd_hooks_of_all_forms() -> None:
    text = (
        "hooks:\n  predeploy:\n    run: a\n  postdeploy:\n    - run: b\n  postprovision:\n    posix: {run: c}\n"
        "services:\n  web:\n    hooks:\n      prepackage: {run: d}\n"
    )
    found = azd.read(Source("azure.yaml", text)).hooks
    assert [(name, run.value) for name, run in found] == [
        ("predeploy", "a"),
        ("postdeploy", "b"),
        ("postprovision", "c"),
        ("prepackage", "d"),
    ]


def test_a_kubernetes_file_is_no_container_app() -> None:
    text = "kind: Deployment\nspec:\n  template:\n    spec:\n      containers: [{name: web}]\n"
    assert container_app.read(Source("web.yaml", text)).containers == ()


def test_bicep_takes_plain_values_only() -> None:
    text = (
        "param targetPort int = 80\n  targetPort: targetPort\n  targetPort: 8000 // the app's\n"
        "  appCommandLine: ''\n  appCommandLine: '${start}.sh'\n  linuxFxVersion: 'PYTHON|3.12'\n"
    )
    facts = bicep.read(Source("main.bicep", text))
    assert (texts(facts.of("targetPort")), facts.of("appCommandLine")) == (["8000"], ())
    assert texts(facts.of("linuxFxVersion")) == ["PYTHON|3.12"]

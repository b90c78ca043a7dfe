"""Replacements of Kustomize: values that are copied from one object into others, and what of them is not known."""

from __future__ import annotations

import pytest

from flaskprod_lint.inputs import kubernetes, kustomization, yaml_tree
from flaskprod_lint.inputs.nodes import Node
from flaskprod_lint.resolve.deployments.kubernetes import replacements
from flaskprod_lint.source import Source

OBJECTS = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {host: db.internal, url: "https://shop.example:8443/x", a.b: dotted}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  template:
    spec:
      containers:
      - {name: web, image: "acme/shop:1", env: [{name: HOST, value: old}, {name: PORT, value: "1"}]}
      - {name: side, image: "acme/side:1", env: [{name: HOST, value: old}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: other}
spec: {template: {spec: {containers: [{name: web, image: x, env: [{name: HOST, value: old}]}]}}}
"""
CONTAINERS = "spec.template.spec.containers"


def applied(text: str) -> dict[str, Node]:
    """The objects by their names, after the replacement that a text describes."""
    found = list(kubernetes.read(Source("all.yaml", OBJECTS)).objects)
    (one,) = kustomization.replacements_of(yaml_tree.read(Source("kustomization.yaml", text)).roots)
    return {found.name.value: found.node for found in replacements.apply(found, one)}


def hosts(node: Node) -> list[str]:
    """The HOST of each container, "?" for one that is not known."""
    containers = node.at(*CONTAINERS.split("."))
    assert containers is not None
    values = [item.items[0].get("value") for one in containers.items if (item := one.get("env")) is not None]
    return [
        "?" if value is not None and value.template else value.text if value is not None else "" for value in values
    ]


SOURCE = "source: {kind: ConfigMap, name: settings, fieldPath: data.host}\n"


@pytest.mark.parametrize(
    ("target", "web", "other"),
    [
        (
            f"select: {{kind: Deployment}}, fieldPaths: ['{CONTAINERS}.[name=web].env.[name=HOST].value']",
            "db.internal old",
            "db.internal",
        ),
        (
            f"select: {{kind: Deployment, name: web}}, fieldPaths: [{CONTAINERS}.*.env.0.value]",
            "db.internal db.internal",
            "old",
        ),
        (f"select: {{name: w.*}}, fieldPaths: [{CONTAINERS}.1.env.0.value]", "old db.internal", "old"),
        (
            f"select: {{kind: Deployment}}, reject: [{{name: web}}], fieldPaths: [{CONTAINERS}.0.env.0.value]",
            "old old",
            "db.internal",
        ),
        (f"select: {{kind: StatefulSet}}, fieldPaths: [{CONTAINERS}.0.env.0.value]", "old old", "old"),
        (f"select: {{name: web}}, fieldPaths: [{CONTAINERS}.7.env.0.value, nowhere.at.all]", "old old", "old"),
    ],
)
def test_which_fields_are_meant(target: str, web: str, other: str) -> None:
    found = applied(f"{SOURCE}targets: [{{{target}}}]\n")
    assert (hosts(found["web"]), hosts(found["other"])) == (web.split(), [other])


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("{kind: ConfigMap, name: settings, fieldPath: 'data.a\\.b'}", "dotted"),
        ("{kind: ConfigMap, name: settings}", "settings"),
        (
            "{kind: ConfigMap, name: settings, fieldPath: data.url, options: {delimiter: ':', index: 1}}",
            "//shop.example",
        ),
        ("{kind: ConfigMap, name: settings, fieldPath: data.url, options: {delimiter: ':', index: 9}}", "?"),
        ("{kind: ConfigMap, name: settings, fieldPath: data.missing}", "?"),
        ("{kind: Secret, name: from-elsewhere, fieldPath: data.host}", "?"),
        ("{kind: Deployment, fieldPath: metadata.name}", "?"),
    ],
)
def test_what_is_copied(source: str, value: str) -> None:
    text = f"source: {source}\ntargets: [{{select: {{name: other}}, fieldPaths: [{CONTAINERS}.0.env.0.value]}}]\n"
    assert hosts(applied(text)["other"]) == [value]


def test_a_piece_of_a_value_is_replaced() -> None:
    options = "options: {delimiter: ':', index: 1}"
    text = f"{SOURCE}targets: [{{select: {{name: web}}, fieldPaths: [{CONTAINERS}.0.image], {options}}}]\n"
    image = applied(text)["web"].at(*CONTAINERS.split("."))
    assert image is not None and image.items[0].get("image") is not None
    assert [item.string("image").value for item in image.items if item.string("image")] == [  # type: ignore[union-attr]
        "acme/shop:db.internal",
        "acme/side:1",
    ]


@pytest.mark.parametrize(("create", "expected"), [("true", "db.internal"), ("false", None)])
def test_a_field_is_only_made_where_it_is_told_to(create: str, expected: str | None) -> None:
    target = f"select: {{name: web}}, fieldPaths: [metadata.labels.host], options: {{create: {create}}}"
    found = applied(f"{SOURCE}targets: [{{{target}}}]\n")["web"].string("metadata", "labels", "host")
    assert (found.value if found is not None else None) == expected


def test_the_place_is_where_the_value_stands() -> None:
    text = f"{SOURCE}targets: [{{select: {{name: other}}, fieldPaths: [{CONTAINERS}.0.env.0.value]}}]\n"
    value = applied(text)["other"].at(*CONTAINERS.split("."))
    assert value is not None
    env = value.items[0].get("env")
    found = env.items[0].string("value") if env is not None else None
    assert found is not None and str(found.span) == "all.yaml:4"

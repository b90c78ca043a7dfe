"""Kubernetes by its pieces: templates of Helm, patches of Kustomize, names of images, quantities, and odd files."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import ROOT
from flaskprod_lint.discover import open_project
from flaskprod_lint.inputs import go_template, kubernetes, kubernetes_pods, yaml_tree
from flaskprod_lint.inputs.kustomization import Patch
from flaskprod_lint.inputs.nodes import Node
from flaskprod_lint.resolve import deployments
from flaskprod_lint.resolve.deployments.kubernetes import app_images, bundles, helm_render, patches, quantities
from flaskprod_lint.resolve.deployments.kubernetes.helm_values import Places
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Source

CASES = ROOT / "tests" / "resolve" / "deployments"
VALUES = """
name: shop
empty: ""
count: 3
on: true
image: {repository: acme/shop, tag: 1.4}
env: {B: two, A: one}
hosts: [a.example.com, b.example.com]
text: |
  first
  second
"""
TEMPLATES = {
    "{{ .Values.name }}": "shop",
    "{{ $.Values.name | upper | quote }}": '"SHOP"',
    "{{ .Values.missing | default 5 }}": "5",
    '{{ default "x" .Values.empty }}': "x",
    '{{ .Values.image.repository }}:{{ .Values.image.tag | default "latest" }}': "acme/shop:1.4",
    "{{ if .Values.on }}a{{ else }}b{{ end }}": "a",
    "{{ if eq .Values.name `shop` }}a{{ else if .Values.on }}b{{ end }}": "a",
    "{{ if and .Values.on (gt .Values.count 2) }}a{{ end }}": "a",
    "{{ if not .Values.missing }}a{{ end }}": "a",
    "{{ with .Values.image }}{{ .tag }}{{ end }}": "1.4",
    "{{ range $k, $v := .Values.env }}{{ $k }}={{ $v }};{{ end }}": "A=one;B=two;",
    "{{ range .Values.hosts }}{{ . }} {{ end }}": "a.example.com b.example.com ",
    "{{ range .Values.missing }}x{{ else }}none{{ end }}": "none",
    "a\n{{- if .Values.on }}\nb\n{{- end }}\nc": "a\nb\nc",
    "{{/* said */}}{{- /* and */ -}} x": "x",
    '{{ define "x" }}[{{ . }}]{{ end }}{{ include "x" .Values.name }}': "[shop]",
    '{{ define "x" }}a\nb{{ end }}k:{{ include "x" . | nindent 2 }}': "k:\n  a\n  b",
    '{{ $n := .Values.name }}{{ printf "%s-%s" $n "web" }}': "shop-web",
    '{{ $n := "a" }}{{ if .Values.on }}{{ $n = "b" }}{{ end }}{{ $n }}': "b",
    "k:{{ toYaml .Values.image | nindent 2 }}": "k:\n  repository: acme/shop\n  tag: 1.4",
    "{{ toYaml .Values.hosts }}": "- a.example.com\n- b.example.com",
    '{{ index .Values.hosts 1 }} {{ index .Values "name" }}': "b.example.com shop",
    "{{ .Values.name | b64enc }}": "c2hvcA==",
    '{{ ternary "a" "b" .Values.on }}{{ add 1 .Values.count }}': "a4",
    '{{ "shop-" | trimSuffix "-" }}{{ trunc 2 .Values.name }}': "shopsh",
    '{{ .Values.hosts | join "," }}': "a.example.com,b.example.com",
    "{{ .Values.text | quote }}": '"first\\nsecond\\n"',
    '{{ if .Capabilities.APIVersions.Has "apps/v1" }}a{{ end }}': "a",
    '{{ lookup "v1" "Secret" "a" "b" }}': '{{ lookup "v1" "Secret" "a" "b" }}',
    "{{ .Files.Get `a` | sha256sum }}": "{{ .Files.Get `a` | sha256sum }}",
    "k: {{- randAlphaNum 5 }}": "k: {{- randAlphaNum 5 }}",
    "{{ if lookup `a` }}x{{ end }}": "x",
}


def values() -> Node:
    root = yaml_tree.read(Source("values.yaml", VALUES)).root
    assert root is not None
    return root


@pytest.mark.parametrize("text", TEMPLATES, ids=lambda text: text[:40])
def test_template(text: str) -> None:
    template = go_template.read(Source("a.yaml", text))
    has = {"APIVersions": {}}
    root: dict[str, object] = {"Values": values(), "Capabilities": has}
    renderer = helm_render.Renderer(root, helm_render.named([template]), Places())
    found = renderer.render(template)
    assert template.complete
    assert found.text == TEMPLATES[text]
    assert len(found.marks) == len(found.text)


@pytest.mark.parametrize("text", ["{{ if .a", "{{ end }}", "{{ range }}", "a {{", "{{ ) }}", "{{ | }}", "{{ .a b c"])
def test_broken_template_gives_what_stands_before_it(text: str) -> None:
    template = go_template.read(Source("a.yaml", f"kind: Pod\n{text}"))
    assert template.parts[0].start == 0


def test_value_has_the_place_in_its_file() -> None:
    template = go_template.read(Source("templates/a.yaml", 'image: "{{ .Values.name }}"\ncount: {{ .Values.count }}\n'))
    places = Places()
    text = helm_render.Renderer({"Values": values()}, {}, places).render(template)
    spans = [places.span_of(text.marks[at : at + 1]) for at in (0, text.text.index("shop"), text.text.index("3"))]
    assert [(span.path, span.line) for span in spans if span] == [
        ("templates/a.yaml", 1),
        ("values.yaml", 2),
        ("values.yaml", 4),
    ]


PATCHES = {
    "spec: {replicas: 3}": "replicas 3, web nginx:1 A=1",
    "spec: {template: {spec: {containers: [{name: web, image: 'nginx:2'}]}}}": "replicas 1, web nginx:2 A=1",
    "spec: {template: {spec: {containers: [{name: web, env: [{name: A, value: '2'}, {name: B, value: '3'}]}]}}}": (
        "replicas 1, web nginx:1 A=2 B=3"
    ),
    "spec: {template: {spec: {containers: [{name: web, $patch: delete}]}}}": "replicas 1",
    "spec: {template: {spec: {containers: [{name: web, env: null}]}}}": "replicas 1, web nginx:1",
    "spec: {template: {spec: {containers: [{name: proxy, image: p}]}}}": "replicas 1, web nginx:1 A=1, proxy p",
    "[{op: replace, path: /spec/replicas, value: 5}]": "replicas 5, web nginx:1 A=1",
    "[{op: add, path: /spec/template/spec/containers/0/env/-, value: {name: B, value: '2'}}]": (
        "replicas 1, web nginx:1 A=1 B=2"
    ),
    "[{op: remove, path: /spec/template/spec/containers/0/env}]": "replicas 1, web nginx:1",
    "[{op: remove, path: /spec/no/such/path}]": "replicas 1, web nginx:1 A=1",
    "[{op: add, path: /metadata/labels/a~1b, value: c}]": "replicas 1, web nginx:1 A=1",
}
BASE = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop, labels: {a: b}}
spec:
  replicas: 1
  template: {spec: {containers: [{name: web, image: 'nginx:1', env: [{name: A, value: '1'}]}]}}
"""


@pytest.mark.parametrize("text", PATCHES, ids=lambda text: text[:50])
def test_patch(text: str) -> None:
    objects = list(kubernetes.read(Source("base.yaml", BASE)).objects)
    roots = yaml_tree.read(Source("patch.yaml", text)).roots
    (found,) = patches.apply(objects, Patch(kind="Deployment", name="shop"), roots)
    workload = kubernetes_pods.workload(found)
    assert workload is not None and workload.replicas is not None
    said = [f"replicas {workload.replicas.value}"]
    for one in workload.containers:
        variables = [f"{each.name.value}={each.value.value}" for each in one.variables if each.value is not None]
        said.append(" ".join([one.name.value, one.image.value if one.image else "", *variables]))
    assert ", ".join(said) == PATCHES[text]


@pytest.mark.parametrize(
    ("text", "number"),
    [("500m", 0.5), ("2", 2.0), ("1.5", 1.5), ("512Mi", 512 * 2**20), ("1G", 1e9), ("a lot", None), ("", None)],
)
def test_quantity(text: str, number: float | None) -> None:
    assert quantities.number(text) == number


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("shop", "shop"),
        ("registry.example.com:5000/acme/shop:1.4", "shop"),
        ("shop@sha256:0123", "shop"),
        ("$REGISTRY/shop:$TAG", "shop"),
        ("${IMAGE}:${TAG}", ""),
        ('{{ required "set it" .Values.image }}', ""),
    ],
)
def test_name_of_image(reference: str, name: str) -> None:
    assert app_images.short_name(reference) == name


@pytest.mark.parametrize(
    ("reference", "foreign"),
    [
        ("postgres:16", True),
        ("docker.io/bitnami/redis:7", True),
        ("gcr.io/cloud-sql-connectors/cloud-sql-proxy:2", True),
        ("nginx", True),
        ("acme/shop", False),
        ("acme/shop-api:1", False),
    ],
)
def test_foreign_image(reference: str, foreign: bool) -> None:
    assert app_images.is_foreign(reference) is foreign


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("prod", "prod"),
        ("deployment-dev.yaml", "dev"),
        ("deployment.yaml", None),
        ("test-shop", None),
        ("shop-test", "test"),
        ("production-eu", "production"),
        ("minikube", "minikube"),
        ("releases", None),
    ],
)
def test_environment_in_name(name: str, word: str | None) -> None:
    assert bundles.named_for(name) == word


def copied(case: str, target: Path) -> list[Path]:
    found = []
    for path in sorted((CASES / case).rglob("*")):
        if path.is_file() and path.name != "deployments.txt":
            copy = target / path.relative_to(CASES / case)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
            found.append(copy)
    return found


@pytest.mark.parametrize("case", ["kubernetes", "kustomize", "helm"])
def test_broken_files_raise_nothing(case: str, tmp_path: Path) -> None:
    manifests = [path for path in copied(case, tmp_path) if path.suffix in (".yaml", ".yml", ".tpl")]
    for path in manifests:
        text = path.read_text("utf-8")
        for end in range(0, len(text), 97):
            path.write_text(text[:end], "utf-8")
            assert deployments.find(open_project(tmp_path), Options())
        path.write_text(text.replace(":", ": {", 3), "utf-8")
        assert deployments.find(open_project(tmp_path), Options())
        path.write_text(text, "utf-8")


def test_files_of_other_kinds_are_not_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copied("kubernetes", tmp_path)
    for number in range(200):
        (tmp_path / f"data-{number}.yaml").write_text(f"key: {number}\n", "utf-8")
        (tmp_path / f"crd-{number}.yaml").write_text("apiVersion: a.example.com/v1\nkind: Cart\n", "utf-8")
    parsed = []
    read = yaml_tree.read
    monkeypatch.setattr(yaml_tree, "read", lambda source: parsed.append(source.path) or read(source))
    deployments.find(open_project(tmp_path), Options())
    assert not [path for path in parsed if path.startswith(("data-", "crd-"))]
    assert "deploy/k8s/web.yaml" in parsed

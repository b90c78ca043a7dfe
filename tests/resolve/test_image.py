"""What Docker makes of a Dockerfile: stages, substitution, files, users, commands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flaskprod_lint import discover
from flaskprod_lint.model import Command, Image, Setting, Unknown
from flaskprod_lint.resolve import image as images
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Place, Project


class Case:
    """A small project in a folder of its own."""

    def __init__(self, folder: Path, files: dict[str, str]) -> None:
        for path, text in files.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        self.folder = folder

    def project(self) -> Project:
        return discover.open_project(self.folder)

    def build(self, dockerfile: str = "Dockerfile", **options: Any) -> tuple[Image, Tree]:
        return images.build(self.project(), dockerfile, **options)


def built(folder: Path, dockerfile: str, files: dict[str, str] | None = None, **options: Any) -> tuple[Image, Tree]:
    case = Case(folder, {"Dockerfile": dockerfile, "app.py": "", **(files or {})})
    return case.build(**options)


# Stages


def test_a_stage_from_an_earlier_one_has_all_of_it(tmp_path: Path) -> None:
    image, tree = built(
        tmp_path,
        "FROM python:3.12-slim AS base\nENV A=1\nWORKDIR /srv\nUSER app\nCOPY . .\nCMD one\n"
        "FROM node:20 AS web\nUSER root\nFROM base\nENV B=$A\n",
    )
    assert {name: one.value for name, one in image.variables.items()} == {"A": "1", "B": "1"}
    assert (image.workdir, image.user.value, image.base.value) == ("/srv", "app", "python:3.12-slim")
    assert image.cmd is not None and image.cmd.text == "one"
    assert tree.locate("/srv/app.py") == "app.py"


def test_an_entrypoint_drops_the_command_of_the_base_and_not_its_own(tmp_path: Path) -> None:
    text = 'FROM python:3.12 AS base\nCMD one\nFROM base\n{}ENTRYPOINT ["e"]\n'
    assert built(tmp_path / "a", text.format(""))[0].cmd is None
    own = built(tmp_path / "b", text.format("CMD two\n"))[0]
    assert own.cmd is not None and own.cmd.text == "two"


@pytest.mark.parametrize(
    ("stages", "target", "expected"),
    [
        ("build last", None, "last"),
        ("build production test", None, "production"),
        ("dev prod", "dev", "dev"),
        ("dev prod", "DEV", "dev"),
        ("dev prod", "0", "dev"),
        ("dev prod", "nowhere", "prod"),
    ],
)
def test_the_stage_that_ships(tmp_path: Path, stages: str, target: str | None, expected: str) -> None:
    text = "".join(f"FROM python:3.12 AS {name}\n" for name in stages.split())
    assert built(tmp_path, text, target=target)[0].stage == expected


def test_a_dockerfile_without_a_stage(tmp_path: Path) -> None:
    with pytest.raises(LookupError):
        built(tmp_path, "RUN a\n")


# Variables


@pytest.mark.parametrize(
    ("lines", "name", "value"),
    [
        ("ENV X=1\nENV Y=${X}2", "Y", "12"),
        ("ENV Y=${X:-d}", "Y", "d"),
        ("ENV X=\nENV Y=${X:-d} Z=${X-d}", "Z", ""),
        ("ENV X=1\nENV Y=${X:+d}", "Y", "d"),
        ("ENV Y=${X:+d}", "Y", ""),
        ("ENV X=1\nENV Y='$X'", "Y", "$X"),
        ('ENV X=1\nENV Y="a $X"', "Y", "a 1"),
        ("ENV X=1\nENV Y=\\$X", "Y", "$X"),
        ("ENV X=1\nENV X=2 Y=$X", "Y", "1"),
        ("ARG X=1\nENV X=2\nENV Y=$X", "Y", "2"),
        ("ENV X=2\nARG X=1\nENV Y=$X", "Y", "2"),
        ("ENV X=a.b.c\nENV Y=${X%.*} Z=${X##*.}", "Y", "a.b"),
        ("ENV X=a.b.c\nENV Z=${X##*.}", "Z", "c"),
        ("ENV KEY the  rest", "KEY", "the  rest"),
        ("ENV Y=${X:-${Z:-deep}}", "Y", "deep"),
    ],
)
def test_substitution(tmp_path: Path, lines: str, name: str, value: str) -> None:
    image, _ = built(tmp_path, f"FROM python:3.12\n{lines}\n")
    assert image.variables[name].value == value


def test_arguments_before_from_are_out_of_scope_until_declared(tmp_path: Path) -> None:
    image, _ = built(tmp_path, "ARG V=3.12\nFROM python:$V\nENV A=$V\nARG V\nENV B=$V\n")
    assert image.base.value == "python:3.12"
    assert (image.variables["A"].value, image.variables["B"].value) == ("", "3.12")


def test_given_build_arguments_win(tmp_path: Path) -> None:
    given = {"V": Setting("V", "3.13", Place(None, "compose"))}
    image, _ = built(tmp_path, "ARG V=3.12\nFROM python:$V\nARG V=3.11\nENV B=$V\n", build_args=given)
    assert (image.base.value, image.variables["B"].value) == ("python:3.13", "3.13")


def test_an_argument_without_a_value_is_not_known(tmp_path: Path) -> None:
    image, _ = built(tmp_path, "FROM python:3.12\nARG X\nENV A=$X B=${X:-d}\n")
    assert isinstance(image.variables["A"].value, Unknown)
    assert "build argument X" in image.variables["A"].value.reason
    assert isinstance(image.variables["B"].value, Unknown)


def test_an_unknown_base_may_set_anything(tmp_path: Path) -> None:
    image, _ = built(tmp_path, "FROM example/own:1\nENV A=$X\n")
    assert isinstance(image.variables["A"].value, Unknown)
    assert isinstance(image.user.value, Unknown)
    assert not image.plain_base


def test_nothing_is_substituted_in_commands(tmp_path: Path) -> None:
    image, _ = built(tmp_path, 'FROM python:3.12\nENV PORT=8000\nEXPOSE $PORT\nCMD ["gunicorn", "-b", ":$PORT"]\n')
    assert image.cmd is not None and image.cmd.argv == ("gunicorn", "-b", ":$PORT")
    assert [port.value for port in image.exposed] == [8000]


def test_what_an_env_beats(tmp_path: Path) -> None:
    image, _ = built(tmp_path, "FROM python:3.12\nENV A=1\nENV A=2\n")
    assert [(one.value, one.origin.span.line) for one in image.variables["A"].overrides if one.origin.span] == [
        ("1", 2)
    ]


# Files

FILES = {
    "requirements.txt": "flask==3.0.0\n",
    "shop/wsgi.py": "",
    "shop/.env": "A=1\n",
    "docker/start.sh": "#!/bin/sh\n",
    "docker/gunicorn.py": "",
}


@pytest.mark.parametrize(
    ("lines", "path", "found"),
    [
        ("COPY . /app", "/app/shop/wsgi.py", "shop/wsgi.py"),
        ("WORKDIR /app\nCOPY . .", "/app/app.py", "app.py"),
        ("WORKDIR /app\nWORKDIR src\nCOPY . .", "/app/src/app.py", "app.py"),
        ("COPY shop /app", "/app/wsgi.py", "shop/wsgi.py"),
        ("COPY shop/ /app/", "/app/wsgi.py", "shop/wsgi.py"),
        ("COPY shop docker /app/", "/app/start.sh", "docker/start.sh"),
        ("COPY docker/start.sh /start", "/start", "docker/start.sh"),
        ("COPY docker/start.sh /bin/", "/bin/start.sh", "docker/start.sh"),
        ("COPY docker/start.sh /usr/local/bin", "/usr/local/bin/start.sh", "docker/start.sh"),
        ("WORKDIR /app\nCOPY app.py /app", "/app/app.py", "app.py"),
        ("COPY app.py /new", "/new", "app.py"),
        ("RUN mkdir -p /new\nCOPY app.py /new", "/new/app.py", "app.py"),
        ("COPY *.py /app/", "/app/app.py", "app.py"),
        ("COPY docker/*.sh /app/", "/app/start.sh", "docker/start.sh"),
        ("COPY requirements*.txt ./", "/requirements.txt", "requirements.txt"),
        ("COPY sho? /app", "/app/wsgi.py", "shop/wsgi.py"),
        ("COPY ../app.py /app/", "/app/app.py", "app.py"),
        ("COPY /shop/wsgi.py /app/", "/app/wsgi.py", "shop/wsgi.py"),
        ("COPY --parents shop/wsgi.py /app/", "/app/shop/wsgi.py", "shop/wsgi.py"),
        ("ENV D=/srv\nCOPY . ${D}/x", "/srv/x/app.py", "app.py"),
        ('COPY ["docker/start.sh", "/a b/"]', "/a b/start.sh", "docker/start.sh"),
        ("COPY . /app", "/app/none.py", None),
        ("COPY shop /app", "/app/app.py", None),
        ("COPY . /app\nRUN cp /app/docker/start.sh /start.sh", "/start.sh", "docker/start.sh"),
        ("WORKDIR /app\nCOPY . .\nRUN mv docker/start.sh /usr/bin/", "/usr/bin/start.sh", "docker/start.sh"),
        ("COPY . /app\nRUN ln -s /app/docker/start.sh /start", "/start", "docker/start.sh"),
    ],
)
def test_where_files_end_up(tmp_path: Path, lines: str, path: str, found: str | None) -> None:
    _, tree = built(tmp_path, f"FROM python:3.12-slim\n{lines}\n", FILES)
    assert tree.locate(path) == found


def test_files_come_along_from_another_stage(tmp_path: Path) -> None:
    _, tree = built(
        tmp_path,
        "FROM python:3.12 AS build\nWORKDIR /src\nCOPY . .\nRUN python -m venv /venv\nFROM python:3.12-slim\n"
        "COPY --from=build /src/shop /app/shop\nCOPY --from=build /src/docker/start.sh /start\n"
        "COPY --from=0 /venv /venv\nCOPY --from=nginx:1 /etc/nginx /nginx\n",
        FILES,
    )
    assert tree.locate("/app/shop/wsgi.py") == "shop/wsgi.py"
    assert tree.locate("/start") == "docker/start.sh"
    assert tree.locate("/app/app.py") is None
    assert isinstance(tree.locate("/venv/bin/gunicorn"), Unknown)
    assert isinstance(tree.locate("/nginx/nginx.conf"), Unknown)


@pytest.mark.parametrize(
    "lines",
    [
        "ADD https://example.com/start.sh /start.sh",
        "ADD --chmod=755 https://example.com/start.sh /",
        "COPY <<EOF /start.sh\nHOST=`hostname`\nEOF",
        "RUN curl -o /start.sh https://example.com/start.sh",
        "RUN hostname > /start.sh",
        "RUN git clone https://example.com/x .",
        "ARG X\nCOPY $X /start.sh",
        "ARG X\nCOPY app.py $X",
    ],
)
def test_what_cannot_be_read_may_be_there(tmp_path: Path, lines: str) -> None:
    _, tree = built(tmp_path, f"FROM python:3.12-slim\n{lines}\n")
    assert isinstance(tree.locate("/start.sh"), Unknown)


@pytest.mark.parametrize(
    "lines",
    ["COPY missing.txt /tmp/", "WORKDIR /srv\nCOPY missing.txt .", "RUN python3 -m zipfile --extract a.zip /opt/"],
)
def test_what_cannot_be_read_is_nowhere_else(tmp_path: Path, lines: str) -> None:
    _, tree = built(tmp_path, f"FROM python:3.12-slim\n{lines}\n")
    assert tree.locate("/app/start.sh") is None
    assert isinstance(tree.locate({"R": "/opt/x", "W": "/srv/missing.txt"}.get(lines[0], "/tmp/missing.txt")), Unknown)


def test_the_ignore_file_keeps_files_out(tmp_path: Path) -> None:
    files = {**FILES, ".dockerignore": "**/.env\ndocker/*\n!docker/start.sh\n"}
    image, tree = built(tmp_path, "FROM python:3.12\nCOPY . /app\nCOPY docker/gunicorn.py /etc/\n", files)
    assert tree.locate("/app/shop/.env") is None
    assert tree.locate("/app/docker/start.sh") == "docker/start.sh"
    assert tree.locate("/app/docker/gunicorn.py") is None
    ((copied),) = image.ignored_copies
    assert [(source, place.note) for source, place in copied.excluded] == [("docker/gunicorn.py", "docker/*")]


def test_the_ignore_file_beside_the_dockerfile_goes_first(tmp_path: Path) -> None:
    files = {"docker/web.Dockerfile": "FROM python:3.12\nCOPY . /app\n", ".dockerignore": "*"}
    case = Case(tmp_path, {**FILES, **files, "docker/web.Dockerfile.dockerignore": "shop\n"})
    image, tree = case.build("docker/web.Dockerfile")
    assert tree.locate("/app/requirements.txt") == "requirements.txt"
    assert tree.locate("/app/shop/wsgi.py") is None
    assert image.context_filter is not None and image.context_filter.path == "docker/web.Dockerfile.dockerignore"


def test_a_context_below_the_project(tmp_path: Path) -> None:
    case = Case(tmp_path, {"api/Dockerfile": "FROM python:3.12\nCOPY . /app\n", "api/app.py": "", "web/x.js": ""})
    image, tree = case.build("api/Dockerfile", context_folder="api")
    assert tree.locate("/app/app.py") == "api/app.py"
    assert tree.locate("/app/web/x.js") is None
    assert not image.sends_git


@pytest.mark.parametrize(
    ("lines", "path", "kind"),
    [
        ("COPY . /app\nRUN chmod +x /app/docker/start.sh", "/app/docker/start.sh", "executable"),
        ("WORKDIR /app\nCOPY . .\nRUN chmod 755 docker/*.sh", "/app/docker/start.sh", "executable"),
        ("COPY --chmod=755 docker/start.sh /start", "/start", "executable"),
        ("COPY . /app\nRUN chmod -R a+rx /app", "/app/docker/start.sh", "executable"),
        ("COPY . /app\nRUN sed -i 's/\\r$//' /app/docker/start.sh", "/app/docker/start.sh", "rewritten"),
        ("COPY . /app\nRUN dos2unix /app/docker/start.sh && ls", "/app/docker/start.sh", "rewritten"),
    ],
)
def test_files_that_the_build_changes(tmp_path: Path, lines: str, path: str, kind: str) -> None:
    _, tree = built(tmp_path, f"FROM python:3.12-slim\n{lines}\n", FILES)
    assert tree.changed(kind, path) is not None
    assert tree.changed(kind, "/elsewhere") is None


def test_chmod_that_takes_the_bit_away_makes_nothing_executable(tmp_path: Path) -> None:
    _, tree = built(tmp_path, "FROM python:3.12\nCOPY . /app\nRUN chmod 644 /app/docker/start.sh\n", FILES)
    assert tree.changed("executable", "/app/docker/start.sh") is None


# The base


@pytest.mark.parametrize(
    ("base", "shell", "python"),
    [
        ("python:3.12-slim", "dash", "3.12"),
        ("python:3.11.4", "dash", "3.11.4"),
        ("python:3.9-alpine3.18", "busybox", "3.9"),
        ("docker.io/library/python:3.12-slim-bookworm@sha256:abc", "dash", "3.12"),
        ("python:3-slim", "dash", None),
        ("python", "dash", None),
        ("alpine:3.20", "busybox", None),
        ("ubuntu:22.04", "dash", None),
        ("registry.access.redhat.com/ubi9/python-311:1", "bash", "3.11"),
        ("fedora:40", "bash", None),
        ("public.ecr.aws/lambda/python:3.9", "bash", "3.9"),
        ("ghcr.io/astral-sh/uv:python3.12-bookworm-slim", "dash", "3.12"),
        ("tiangolo/uwsgi-nginx-flask:python3.8-alpine", "busybox", "3.8"),
        ("localhost:5000/own/image", "unknown", None),
        ("example.org/python-service:3.1", "unknown", None),
    ],
)
def test_bases(tmp_path: Path, base: str, shell: str, python: str | None) -> None:
    image, _ = built(tmp_path, f"FROM {base}\nCMD x\n")
    assert image.shell == shell
    assert (image.python.value if image.python else None) == python


def test_shell_instruction(tmp_path: Path) -> None:
    image, _ = built(tmp_path, 'FROM python:3.12\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nCMD x\n')
    assert image.shell == "bash"
    after = built(tmp_path / "b", 'FROM python:3.12\nCMD x\nSHELL ["/bin/bash", "-c"]\n')[0]
    assert after.shell == "dash"


# What starts


def command(text: str) -> Command:
    return Command(text, "exec", Place(None), tuple(text.split()))


@pytest.mark.parametrize(
    ("lines", "argv", "shell_text"),
    [
        ('ENTRYPOINT ["e"]\nCMD ["c", "d"]', ("e", "c", "d"), None),
        ('ENTRYPOINT ["e"]\nCMD c $PORT', ("e", "/bin/sh", "-c", "c $PORT"), None),
        ('ENTRYPOINT e\nCMD ["c"]', None, "e"),
        ("CMD c d", None, "c d"),
        ('CMD ["c"]\nCMD ["d"]', ("d",), None),
        ('ENTRYPOINT ["e"]\nENTRYPOINT []\nCMD ["c"]', ("c",), None),
        ('SHELL ["/bin/bash", "-c"]\nENTRYPOINT ["e"]\nCMD c', ("e", "/bin/bash", "-c", "c"), None),
        ('HEALTHCHECK CMD curl x\nCMD ["c"]\nONBUILD CMD ["o"]', ("c",), None),
    ],
)
def test_entrypoint_and_cmd(tmp_path: Path, lines: str, argv: tuple[str, ...] | None, shell_text: str | None) -> None:
    image, _ = built(tmp_path, f"FROM python:3.12\n{lines}\n")
    found = images.command_of(image)
    assert found is not None
    assert found.argv == argv
    assert (found.text if found.form == "shell" else None) == shell_text


def test_a_manifest_in_place_of_the_image(tmp_path: Path) -> None:
    image, _ = built(tmp_path, 'FROM python:3.12\nENTRYPOINT ["e"]\nCMD ["c"]\n')
    with_cmd = images.command_of(image, cmd=command("x y"))
    with_entrypoint = images.command_of(image, entrypoint=command("f"))
    with_both = images.command_of(image, entrypoint=command("f"), cmd=command("x"))
    assert with_cmd is not None and with_cmd.argv == ("e", "x", "y")
    assert with_entrypoint is not None and with_entrypoint.argv == ("f",)
    assert with_both is not None and with_both.argv == ("f", "x")


def test_every_word_of_the_joined_command_has_its_place(tmp_path: Path) -> None:
    image, _ = built(tmp_path, 'FROM python:3.12\nENTRYPOINT ["e"]\nCMD ["c", \\\n "d"]\n')
    found = images.command_of(image)
    assert found is not None
    assert [(place.span.line, place.span.column) for place in found.places if place.span] == [(2, 13), (3, 6), (4, 2)]


# Runs, secrets and the rest


def test_programs_of_a_run(tmp_path: Path) -> None:
    image, _ = built(
        tmp_path,
        "FROM python:3.12\nWORKDIR /app\nRUN cd src && pip install -r r.txt \\\n # why\n && FLASK=1 flask db upgrade\n"
        'RUN ["pip", "install", "x"]\nRUN <<EOF\npip install y\nEOF\n',
    )
    steps = [
        (step.argv, step.cwd, step.origin.span.line) for run in image.runs for step in run.steps if step.origin.span
    ]
    assert steps == [
        (("pip", "install", "-r", "r.txt"), "/app/src", 3),
        (("flask", "db", "upgrade"), "/app/src", 5),
        (("pip", "install", "x"), "/app", 6),
        (("pip", "install", "y"), "/app", 8),
    ]


@pytest.mark.parametrize(
    ("text", "programs"),
    [
        ('if [ "$E" = "test" ]; then a; else b; fi', ["b"]),
        ('if [ "$E" != "test" ]; then a; else b; fi', ["a"]),
        ('if [ "$OTHER" = "test" ]; then a; else b; fi; c', ["a?", "b?", "c"]),
        ('[ "$E" = "prod" ] || a', []),
        ('[ "0" -gt 0 ] && a; [ 1 -ge 1 ] && b; [ "$E" -eq 1 ] && c', ["b"]),
        ('[ "$E" = "test" ] || a', ["a"]),
        ('[ "$E" = "prod" ] && a', ["a"]),
        ('[ -n "$E" ] && a && b', ["a", "b"]),
        ("a || b", ["a", "b?"]),
        ("a && b; (c | d)", ["a", "b", "c", "d"]),
        ("for x in 1 2; do a; done", ["a"]),
        ("set -e; ! a", ["set", "a"]),
    ],
)
def test_the_side_that_a_run_takes(tmp_path: Path, text: str, programs: list[str]) -> None:
    image, _ = built(tmp_path, f"FROM python:3.12\nARG OTHER\nARG E=prod\nRUN {text}\n")
    steps = [step for run in image.runs for step in run.steps]
    assert [step.program + ("" if step.sure else "?") for step in steps] == programs


def test_mounted_files_are_there_for_installs(tmp_path: Path) -> None:
    image, tree = built(
        tmp_path,
        "FROM python:3.12-slim\nWORKDIR /app\n"
        "RUN --mount=type=bind,source=requirements.txt,target=requirements.txt \\\n  pip install -r requirements.txt\n",
        FILES,
    )
    assert image.packages.find("flask") is not None
    assert tree.locate("/app/requirements.txt") is None


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        ("ENV SECRET_KEY=dev", ["SECRET_KEY"]),
        ("ENV SECRET_KEY=$OTHER", []),
        ("ARG SECRET_KEY=build-time-only", []),
        ("ARG SECRET_KEY=changeme\nENV SECRET_KEY=$SECRET_KEY", ["SECRET_KEY"]),
        ("ARG API_TOKEN=a8Zk20dkLq0192mdkPq", ["API_TOKEN"]),
        ("ENV DATABASE_URL=postgresql://shop:k3nW0rd9x@db/shop", ["DATABASE_URL"]),
        ("ENV PORT=8000 GPG_KEY=E3FF2839C048B25C084DEBE9B26995E310250568", []),
        ("RUN export API_TOKEN=a8Zk20dkLq0192mdkPq && pip install x", ["API_TOKEN"]),
        ("RUN SECRET_KEY=dummy flask assets build", []),
        ("RUN export SECRET_KEY=dummy && flask assets build", []),
        ('RUN echo "API_TOKEN=a8Zk20dkLq0192mdkPq" >> .env', ["API_TOKEN"]),
        ('RUN echo "API_TOKEN is not set"', []),
    ],
)
def test_secrets(tmp_path: Path, lines: str, names: list[str]) -> None:
    image, _ = built(tmp_path, f"FROM python:3.12\n{lines}\n")
    assert [secret.name for secret in image.secrets] == names


def test_a_secret_that_the_build_is_given_is_no_literal(tmp_path: Path) -> None:
    image, _ = built(tmp_path, "FROM python:3.12\nARG SECRET_KEY\nENV SECRET_KEY=$SECRET_KEY\n")
    assert not image.secrets
    assert [secret.name for secret in image.passed_secrets] == ["SECRET_KEY"]


def test_the_whole_context_by_way_of_another_stage(tmp_path: Path) -> None:
    text = "FROM python:3.12 AS build\nCOPY . /src\nFROM python:3.12-slim\nCOPY --from=build /src/{} /app\n"
    image, _ = built(tmp_path / "a", text.format(""))
    assert [copied.at.span.line for copied in image.copies_context if copied.at.span] == [2]
    assert image.sends_git
    image, _ = built(tmp_path / "b", text.format("shop"), FILES)
    assert not image.copies_context


def test_dotenv_files_in_the_image(tmp_path: Path) -> None:
    files = {".env": "SECRET_KEY=8f42a73054b1749f8f58848be5e6502c\n", ".dockerignore": ".git\n"}
    text = "FROM python:3.12 AS build\nCOPY . /src\nFROM python:3.12-slim\nCOPY --from=build /src /app\n"
    image, _ = built(tmp_path, text, files)
    assert [copied.files for copied in image.env_files] == [(".env",)]
    files[".dockerignore"] = ".env\n"
    assert not built(tmp_path / "b", text, files)[0].env_files


@pytest.mark.parametrize(
    ("lines", "tools"),
    [
        ("FROM python:3.12-slim", set()),
        ("FROM python:3.12", {"curl", "wget"}),
        ("FROM python:3.12-alpine", {"wget"}),
        (
            "FROM python:3.12-slim\nRUN apt-get update && apt-get install -y --no-install-recommends curl=7.* git",
            {"curl"},
        ),
        ("FROM python:3.12-slim\nRUN xargs apt-get install -y < packages.txt", {"curl", "wget"}),
        ("FROM python:3.12-slim\nRUN ./install.sh", {"curl", "wget"}),
        ("FROM example/own", {"curl", "wget"}),
        ("FROM python:3.12-slim\nCOPY --from=curlimages/curl /usr/bin/curl /usr/bin/", {"curl"}),
    ],
)
def test_tools_for_health_checks(tmp_path: Path, lines: str, tools: set[str]) -> None:
    assert built(tmp_path, lines + "\n")[0].fetched_tools == tools


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        ("RUN pip install flask", True),
        ("RUN python -m pip install flask", True),
        ("RUN pip install --no-cache-dir flask", False),
        ("ENV PIP_NO_CACHE_DIR=1\nRUN pip install flask", False),
        ("ENV PIP_NO_CACHE_DIR=off\nRUN pip install flask", False),
        ("RUN --mount=type=cache,target=/root/.cache pip install flask", False),
        ("RUN pip install flask && rm -rf ~/.cache", False),
        ("RUN pip install flask && pip cache purge", False),
        ("RUN pip --no-cache-dir install flask", False),
        ("RUN pip install --upgrade pip setuptools", False),
        ("RUN pip install --no-cache flask", False),
    ],
)
def test_the_cache_of_pip(tmp_path: Path, lines: str, kept: bool) -> None:
    assert bool(built(tmp_path, f"FROM python:3.12\n{lines}\n")[0].keeps_pip_cache) is kept


def test_odd_files_do_not_raise(tmp_path: Path) -> None:
    for number, text in enumerate(
        ("FROM", "FROM $X", "FROM a AS\nCOPY", "FROM a\nCOPY x\nENV\nARG\nUSER\nEXPOSE\nSHELL\n")
    ):
        built(tmp_path / str(number), text + "\nFROM python:3.12\nRUN <<EOF\nWORKDIR\nHEALTHCHECK\nONBUILD\nCMD\n")


def test_wheels_from_another_stage_hide_nothing(tmp_path: Path) -> None:
    text = (
        "FROM python:3.12 AS wheels\nRUN pip wheel -w /wheels flask\n"
        "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nCOPY --from=wheels /wheels/*.whl ./\n"
    )
    _, tree = built(tmp_path, text)
    assert tree.locate("/app/app.py") == "app.py"
    assert tree.locate("/app/missing.py") is None


@pytest.mark.parametrize("command", ["bin/install", "bash bin/install", "chmod +x bin/* && ./bin/install"])
def test_a_script_of_the_project_is_followed(tmp_path: Path, command: str) -> None:
    script = "#!/bin/bash\nset -e\npip install \\\n  flask==3.1.0\n"
    image, tree = built(
        tmp_path,
        f"FROM python:3.12-slim\nWORKDIR /app\nCOPY bin bin\nRUN {command}\n",
        {"bin/install": script},
    )
    assert image.packages.find("flask") is not None
    assert image.packages.complete is True
    step = image.runs[-1].steps[-1]
    assert (step.origin.path, step.origin.note) == ("bin/install", "pip install flask==3.1.0")
    assert step.origin.span is not None
    assert step.origin.span.line == 3
    assert tree.locate("/app/other.py") is None


@pytest.mark.parametrize(
    ("copy", "started"),
    [("docker/ ./", "/srv/shop/start.sh"), ("docker/start.sh bin/", "/srv/shop/bin/start.sh")],
)
def test_the_folder_of_a_base_image_is_told_by_what_it_starts(tmp_path: Path, copy: str, started: str) -> None:
    text = f'FROM registry.example/base:1\nCOPY {copy}\nCOPY app.py ./\nENTRYPOINT ["{started}"]\n'
    image, tree = built(tmp_path, text, {"docker/start.sh": "#!/bin/sh\n"})
    assert image.workdir == "/srv/shop"
    assert tree.locate(started) == "docker/start.sh"
    assert tree.locate("/srv/shop/app.py") == "app.py"

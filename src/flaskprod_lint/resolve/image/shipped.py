"""The finished image of the stage that ships."""

from __future__ import annotations

from dataclasses import replace

from flaskprod_lint.inputs.dockerfile import Stage
from flaskprod_lint.model import Copied, Image, ImageRun, Packages, SecretLiteral, Setting, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve import packages
from flaskprod_lint.resolve.deployments import env_files
from flaskprod_lint.resolve.image import bases
from flaskprod_lint.resolve.image.context import BuildContext
from flaskprod_lint.resolve.image.secret_literals import secret_files
from flaskprod_lint.resolve.image.stage import StageState
from flaskprod_lint.resolve.image.stages import Builder
from flaskprod_lint.source import Place

_INSTALL = regex(
    r"\bpip\d?(\.\d+)?\s+install\b.*(-r|--requirement)|\bpoetry\s+install|\bpipenv\s+(install|sync)|\buv\s+sync|\bpdm\s+(install|sync)"
)


def image(builder: Builder, state: StageState, stage: Stage) -> Image:
    """The model's image of a built stage."""
    context = builder.context
    origin = stage.instruction.span
    runs = _runs(builder, state)
    whole = tuple(_whole_copies(builder, state))
    sources = next((one for one in whole if one in state.copies), None) or _copy_of_sources(builder.context, state)
    return Image(
        dockerfile=builder.facts.path,
        stage=state.name,
        origin=Place(origin, f"the stage {stage.name}" if stage.name else ""),
        base=state.base,
        bases=tuple(_bases(builder, state)),
        entrypoint=state.entrypoint,
        cmd=state.cmd,
        workdir=state.workdir,
        user=state.user,
        variables=dict(state.variables),
        shell=state.command_shell or state.shell,
        shell_argv=state.shell_argv,
        exposed=tuple(state.exposed),
        stop_signal=state.stop_signal,
        health_check=state.health_check,
        copies=tuple(state.copies),
        runs=runs,
        packages=_packages(builder, state, runs),
        python=_python(state),
        secrets=_secrets(builder, state),
        env_files=tuple(_env_files(state, context)),
        context_filter=context.filter_place,
        copies_context=whole,
        sends_git=bool(whole) and context.sends_git,
        sources_copied=sources,
        install_after_copy=_install_after_copy(state, sources),
        keeps_pip_cache=tuple(state.pip_caches),
        fetched_tools=frozenset(state.tools),
        build_arguments=dict(state.arguments),
        plain_base=state.plain,
        passed_secrets=tuple(state.passed_secrets),
        ignored_copies=tuple(_ignored_copies(builder, state)),
    )


#: Files that say what is to be installed, and that an image wants before the sources.
_DEPENDENCIES = frozenset(("requirements.txt", "Pipfile.lock", "poetry.lock", "uv.lock", "pdm.lock"))


def _runs(builder: Builder, state: StageState) -> tuple[ImageRun, ...]:
    """The RUNs of the shipped stage and of those it copies from, in the order of the file."""
    own = set(state.chain)
    found: dict[Place, ImageRun] = {}
    for _, other in sorted(builder.done.items()):
        for run in other.runs:
            if run.stage in own or run.stage in state.sources:
                found.setdefault(run.at, replace(run, shipped=run.stage in own))
    return tuple(found.values())


def _bases(builder: Builder, state: StageState) -> list[Setting]:
    found: dict[Place, Setting] = {}
    for _, other in sorted(builder.done.items()):
        if other.name in {*state.chain, *state.sources}:
            found.setdefault(other.base.origin, other.base)
    return list(found.values())


def _ignored_copies(builder: Builder, state: StageState) -> list[Copied]:
    found: dict[Place, Copied] = {}
    for _, other in sorted(builder.done.items()):
        if other.name in {*state.chain, *state.sources}:
            found.update((copied.at, copied) for copied in other.copies if copied.excluded)
    return list(found.values())


def _packages(builder: Builder, state: StageState, runs: tuple[ImageRun, ...]) -> Packages:
    trees = {other.name: other.build_tree for other in builder.done.values()}
    base = state.base.value if isinstance(state.base.value, str) else "an image that is named when it is built"
    return packages.of_image(runs, trees, builder.context.project, base)


def _python(state: StageState) -> Setting | None:
    if state.reference is None:
        reason = state.base.value if isinstance(state.base.value, Unknown) else Unknown("the base image is not known")
        return Setting("Python", reason, state.base.origin)
    version = bases.python_version(state.reference)
    if version is None:
        return None
    return Setting("Python", version, state.base.origin)


def _secrets(builder: Builder, state: StageState) -> tuple[SecretLiteral, ...]:
    """Those of the shipped stage, and of earlier ones (which stay in the build's cache and in the file itself)."""
    own = [*state.secrets, *secret_files(state, builder.context.project)]
    found = {(secret.at, secret.name): secret for secret in own}
    for other in builder.done.values():
        for secret in other.secrets:
            if secret.weak:
                continue
            found.setdefault((secret.at, secret.name), replace(secret, shipped=False))
    return tuple(found.values())


def _whole_copies(builder: Builder, state: StageState) -> list[Copied]:
    """The COPYs of the whole context that end in the image, also by way of another stage."""
    folder = builder.context.folder
    places = {mount.origin for mount in state.tree.mounts if mount.unknown is None and mount.origin_path == folder}
    found: dict[Place, Copied] = {}
    for _, other in sorted(builder.done.items()):
        found.update((copied.at, copied) for copied in other.copies if copied.at in places)
    return list(found.values())


def _env_files(state: StageState, context: BuildContext) -> list[Copied]:
    """Each COPY (also of a stage that this one copies from) that brings dotenv files with secrets, with those files."""
    brought: dict[Place, list[str]] = {}
    for one in env_files.find(context.project):
        if one.secrets and not one.example:
            places = dict.fromkeys(mount.origin for mount in state.tree.mounts if mount.brings(one.path))
            for place in places:
                brought.setdefault(place, []).append(one.path)
    return [Copied((), "", place, tuple(paths)) for place, paths in brought.items()]


def _copy_of_sources(context: BuildContext, state: StageState) -> Copied | None:
    """The COPY of a folder with most of the Python code, with the requirements or beside them: `COPY src/ .`."""
    apart = any(word.rpartition("/")[2] in _DEPENDENCIES for copied in state.copies for word in copied.sources)
    python = sum(path.endswith(".py") for path in context.project.below(context.folder))
    for copied in state.copies:
        for source in copied.sources if len(copied.sources) == 1 else ():
            path = context.path(source)
            brings = sum(one.endswith(".py") for one in context.project.below(path)) if path else 0
            if brings * 2 > python and (apart or f"{path}/requirements.txt" in context.project):
                return copied
    return None


def _install_after_copy(state: StageState, sources: Copied | None) -> Place | None:
    """The first RUN that installs the dependencies, when the sources were copied before it."""
    if sources is None or sources.at.span is None:
        return None
    for run in state.runs:
        if run.at.span is None or run.at.span.path != sources.at.span.path:
            continue
        if any(_INSTALL.search(step.text) for step in run.steps):
            return run.at if run.at.span > sources.at.span else None
    return None

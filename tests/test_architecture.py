"""The rules between packages, read from the source itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "billform"
THIRD_PARTY = {
    "pydantic", "pydantic_core", "annotated_types", "yaml", "stripe", "httpx", "click", "deepdiff", "jsonschema",
    "orjson", "rich", "starlette", "uvicorn", "anyio", "multipart", "typing_extensions",
}  # fmt: skip
IMPURE = {"datetime", "os", "random", "time", "pathlib", "socket", "subprocess", "asyncio"}

SHARED = {"providers.http", "providers.codes"}
MAY: dict[str, set[str]] = {
    "core": {"pydantic", "pydantic_core", "deepdiff", "orjson", "core"},
    "catalog": {"pydantic", "pydantic_core", "annotated_types", "yaml", "core", "catalog"},
    "providers": {"catalog", "core", "providers", "httpx", "anyio", "pydantic"},
    "providers.stripe": {"catalog", "core", "pydantic", "httpx", "stripe", "providers.stripe"} | SHARED,
    "providers.bigcommerce": {"catalog", "core", "pydantic", "httpx", "providers.bigcommerce"} | SHARED,
    "engine": {"providers.registry", "providers.http", "catalog", "core", "engine", "pydantic"},
    "render": {"core", "render", "rich", "click"},
    "simulator": {"simulator", "starlette", "uvicorn", "stripe", "multipart", "anyio", "typing_extensions"},
    "cli": {"*"},
}  # fmt: skip


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield ".".join(path.relative_to(SOURCE).with_suffix("").parts), path


def imports(path: Path, package: str) -> Iterator[str]:
    """Absolute names of everything that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level == 0:
                base = node.module or ""
            else:
                here = ["billform", *package.split(".")]
                base = ".".join([*here[: len(here) - node.level], *(node.module or "").split(".")]).rstrip(".")
            yield base
            if base.startswith("billform"):
                yield from (f"{base}.{each.name}" for each in node.names)


def rule_for(module: str) -> tuple[str, set[str]] | None:
    fitting = [name for name in MAY if module == name or module.startswith(f"{name}.")]
    return (max(fitting, key=len), MAY[max(fitting, key=len)]) if fitting else None


def allowed(name: str, may: set[str], module: str) -> bool:
    if "*" in may:
        return True
    if name.startswith("billform."):
        inner = name.removeprefix("billform.")
        return any(inner == each or inner.startswith(f"{each}.") for each in may) or any(
            each.startswith(f"{inner}.") for each in may
        )
    top = name.partition(".")[0]
    if top == "billform":
        return True
    return top in may or top not in THIRD_PARTY


@pytest.mark.parametrize("package", sorted(MAY))
def test_a_package_imports_only_what_it_may(package: str) -> None:
    broken = [
        f"{module} imports {name}"
        for module, path in modules()
        if (rule := rule_for(module)) and rule[0] == package
        for name in imports(path, module)
        if not allowed(name, rule[1], module)
    ]
    assert broken == []


def test_every_module_falls_under_a_rule() -> None:
    assert [module for module, _ in modules() if rule_for(module) is None] == ["__init__"]


def test_the_heart_has_no_clock_no_chance_and_no_operating_system() -> None:
    broken = [
        f"{module} imports {name}"
        for module, path in modules()
        if module.startswith("core.")
        for name in imports(path, module)
        if name.partition(".")[0] in IMPURE
    ]
    assert broken == []


def test_deepdiff_is_known_to_one_module() -> None:
    users = [module for module, path in modules() if any(each.startswith("deepdiff") for each in imports(path, module))]
    assert users == ["core.diff"]


def test_only_the_command_line_knows_the_simulator() -> None:
    users = {
        module.partition(".")[0]
        for module, path in modules()
        for each in imports(path, module)
        if each.startswith("billform.simulator")
    }
    assert users <= {"cli", "simulator"}

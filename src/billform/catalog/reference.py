"""The reference of the catalog language, written from the models: every word with its meaning and an example."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import MaxLen
from pydantic import BaseModel, BeforeValidator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from billform.catalog.models import AddOn, Amounts, Catalog, Model, Plan, Sold, Template
from billform.core.money import text

TITLES: dict[type[BaseModel], str] = {
    Catalog: "The top of a file",
    Sold: "Words that plans and add-ons share",
    Plan: "Plan",
    AddOn: "Add-on",
}
_HEAD = """# The catalog language, word by word

Every word with its meaning, its default and an example. [The guide](README.md) shows them at work.
`KEY` stands for a key of your choice: lower-case letters, digits, `-` and `_`, beginning with a letter, at most 40
characters. Keys are identities: names can change at any time, keys cannot.
"""


def markdown() -> str:
    """docs/catalog/reference.md."""
    return "\n".join([_HEAD, *(part for model, path in sections() for part in _section(model, path))]).rstrip() + "\n"


def sections() -> list[tuple[type[BaseModel], str]]:
    """Every model of the language with the first place where it can stand, from the top down."""
    found: dict[type[BaseModel], str] = {}

    def visit(model: type[BaseModel], path: str) -> None:
        if model in found:
            return
        found[model] = path
        if model in (Plan, AddOn, Template):
            visit(Sold, path)
        # Templates have the words of plans and add-ons, which are better met there first.
        for name, field in sorted(model.model_fields.items(), key=lambda each: each[0] == "templates"):
            for each, below in _models(field.annotation, f"{path}{name}"):
                visit(each, below)

    visit(Catalog, "")
    return list(found.items())


def example(model: type[BaseModel], name: str) -> Any:
    """What a word might be followed by; PydanticUndefined where a section of its own shows it."""
    field = model.model_fields[name]
    if field.examples:
        return field.examples[0]
    if any(_models(field.annotation, "")):
        return PydanticUndefined
    return _example(Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation, field.default)


def written(value: Any) -> str:
    """A value as YAML on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key}: {written(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list):
        return f"[{', '.join(written(each) for each in value)}]"
    if isinstance(value, Decimal):
        return text(value)
    if isinstance(value, str) and not re.fullmatch(r"[0-9]+\.[0-9]+", value) and _needs_quotes(value):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)


def _needs_quotes(value: str) -> bool:
    return bool(
        re.search(r"[:#,\[\]{}&*!|>'\"%@`]( |$)|^[^A-Za-z0-9/<.]|^[0-9.]+$|^(true|false|null)$|[,\[\]{}]", value)
    )


def _section(model: type[BaseModel], path: str) -> Iterator[str]:
    own = [name for name in model.model_fields if model is Sold or model not in (Plan, AddOn) or name not in _shared()]
    if model is Template:
        own = []
    yield f"## {title(model)}\n"
    about = (model.__doc__ or "").strip()
    place = f" Stands under `{path.rstrip(': ')}`." if path and model is not Sold else ""
    if model is not Sold:
        yield f"{about}{place}\n"
    if model in (Plan, AddOn, Template):
        both = f" and of [plans](#{_anchor(Plan)}) and [add-ons](#{_anchor(AddOn)})" if model is Template else ""
        yield f"Has the [words that plans and add-ons share](#{_anchor(Sold)}){both}.\n"
    if own:
        yield "| word | meaning | default | example |\n|---|---|---|---|"
        for name in own:
            yield _row(model, name)
        yield ""


def _shared() -> set[str]:
    return set(Sold.model_fields)


def title(model: type[BaseModel]) -> str:
    """The heading of a model's section."""
    return TITLES.get(model) or re.sub(r"(?<=[a-z])([A-Z])", lambda found: f" {found[1].lower()}", model.__name__)


def _anchor(model: type[BaseModel]) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title(model).lower()).strip("-")


def _row(model: type[BaseModel], name: str) -> str:
    field = model.model_fields[name]
    meaning = [field.description or ""]
    choices = _choices(field.annotation)
    if choices and len(choices) > 1:
        meaning.append("One of " + ", ".join(f"`{each}`" for each in choices) + ".")
    if (most := next((each.max_length for each in field.metadata if isinstance(each, MaxLen)), None)) is not None:
        meaning.append(f"At most {most}{'' if get_origin(_bare(field.annotation)) else ' characters'}.")
    shown = example(model, name)
    links = dict.fromkeys(f"[{title(each)}](#{_anchor(each)})" for each, _ in _models(field.annotation, ""))
    if links:
        meaning.append("See " + ", ".join(links) + ".")
    sample = "" if shown is PydanticUndefined else f"`{name}: {written(shown)}`"
    cells = (f"`{name}`", " ".join(meaning), _default(field), sample)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _bare(annotation: Any) -> Any:
    """The type without None and annotations."""
    if get_origin(annotation) in (Union, UnionType):
        return next(_bare(part) for part in get_args(annotation) if part is not type(None))
    return _bare(get_args(annotation)[0]) if get_origin(annotation) is Annotated else annotation


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    if field.default is None or field.default_factory is not None:
        return ""
    return f"`{written(field.default)}`"


def _models(annotation: Any, path: str) -> Iterator[tuple[type[BaseModel], str]]:
    """The models within a type, each with its path."""
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield annotation, f"{path}: "
        return
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from _models(parts[0], path)
    elif origin is dict:
        yield from _models(parts[1], f"{path}: KEY")
    elif origin is list:
        yield from _models(parts[0], f"{path}: -")
    elif origin in (Union, UnionType):
        for part in parts:
            yield from _models(part, path)


def _choices(annotation: Any) -> list[str]:
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return [str(each) for each in parts]
    if origin in (Annotated, list):
        return _choices(parts[0])
    if origin in (Union, UnionType):
        return [choice for part in parts for choice in _choices(part)]
    return []


def _example(annotation: Any, default: Any) -> Any:
    """An example from the type: its own, a choice that is not the default, or the other of yes and no."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        for each in parts[1:]:
            if isinstance(each, FieldInfo) and each.examples:
                return each.examples[0]
            if isinstance(each, BeforeValidator) and each.json_schema_input_type is not PydanticUndefined:
                shown = _example(each.json_schema_input_type, default)
                if shown is not PydanticUndefined:
                    return shown
        return _example(parts[0], default)
    if origin is Literal:
        return next((each for each in parts if each != default), parts[0])
    if origin in (Union, UnionType):
        found = (_example(part, default) for part in parts if part is not type(None))
        return next((each for each in found if each is not PydanticUndefined), PydanticUndefined)
    if origin is list:
        inner = _example(parts[0], None)
        return PydanticUndefined if inner is PydanticUndefined else [inner]
    if origin is dict:
        key, value = _example(parts[0], None), _example(parts[1], None)
        return PydanticUndefined if PydanticUndefined in (key, value) else {key: value}
    if annotation is bool:
        return not default
    return Decimal(49) if annotation is Amounts else PydanticUndefined

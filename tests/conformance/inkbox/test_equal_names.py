"""What can be imported, its fields, members, parents and parameters are those of the official `inkbox` 0.4.4."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import re
import typing
from collections.abc import Collection
from enum import Enum
from operator import attrgetter
from typing import Any

import inkbox
import pytest
from tests.conformance.inkbox.coverage import DATA_PLANE, methods

import postline.inkbox
from postline.inkbox._arguments import OMITTED
from postline.inkbox.vault import models
from postline.inkbox.vault._masked import Masked
from postline.inkbox.vault.unlocked import UnlockedVault

NAMES = sorted(inkbox.__all__)
KINDS = {name: getattr(inkbox, name) for name in NAMES}
MASKED = [
    name for name in NAMES if isinstance(mine := getattr(postline.inkbox, name), type) and issubclass(mine, Masked)
]
RECORDS = [name for name, kind in KINDS.items() if dataclasses.is_dataclass(kind) and name not in MASKED]
ENUMS = [name for name, kind in KINDS.items() if isinstance(kind, type) and issubclass(kind, Enum)]
ERRORS = [name for name, kind in KINDS.items() if isinstance(kind, type) and issubclass(kind, Exception)]
SHAPES = [name for name, kind in KINDS.items() if typing.is_typeddict(kind)]
CLASSES = [name for name, kind in KINDS.items() if isinstance(kind, type) and name != "Inkbox"]
FUNCTIONS = [name for name, kind in KINDS.items() if inspect.isfunction(kind)]
THEIRS = methods()
OURS = {
    "identity": postline.inkbox.AgentIdentity,
    "credentials": postline.inkbox.Credentials,
    "unlocked": UnlockedVault,
}


def _public_names(module: Any) -> set[str]:
    """Return the exported names that a module is the home of, or says that it has."""
    meant = getattr(module, "__all__", None) or [
        name for name in vars(module) if getattr(KINDS.get(name), "__module__", module.__name__) == module.__name__
    ]
    return set(meant) & set(NAMES)


MODULES = [
    name.removeprefix("inkbox.")
    for _, name, _ in pkgutil.walk_packages(inkbox.__path__, "inkbox.")
    if not re.search(r"[.](_|resources|client[.])", name) and _public_names(importlib.import_module(name))
]
"""Where code imports from; not the insides."""


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_exported(name: str) -> None:
    """`from postline.inkbox import ...` gives it, and says so."""
    assert hasattr(postline.inkbox, name)
    assert name in postline.inkbox.__all__


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_its_names(module: str) -> None:
    """The public names that a documented module path leads to are there under the same path."""
    theirs, ours = importlib.import_module(f"inkbox.{module}"), importlib.import_module(f"postline.inkbox.{module}")

    own = _public_names(theirs)

    assert [name for name in own if getattr(ours, name, None) is not getattr(postline.inkbox, name)] == []


@pytest.mark.parametrize("name", RECORDS)
def test_records_have_the_same_fields(name: str) -> None:
    """In the same order, and as mutable."""
    ours = getattr(postline.inkbox, name)

    assert [field.name for field in dataclasses.fields(ours)] == [
        field.name for field in dataclasses.fields(KINDS[name])
    ]
    assert ours.__dataclass_params__.frozen == KINDS[name].__dataclass_params__.frozen


@pytest.mark.parametrize("name", MASKED)
def test_records_with_secrets_are_made_alike(name: str) -> None:
    """By the same arguments in the same order, and each can be read and changed; a dataclass they are not."""
    ours, theirs = getattr(postline.inkbox, name), KINDS[name]

    parameters = inspect.signature(ours).parameters.values()

    assert [(each.name, each.kind, each.default) for each in parameters] == [
        (each.name, each.kind, each.default) for each in inspect.signature(theirs).parameters.values()
    ]
    assert all(inspect.isdatadescriptor(getattr(ours, field.name)) for field in dataclasses.fields(theirs))
    assert not dataclasses.is_dataclass(ours)


def test_payloads_are_found_where_the_guide_says() -> None:
    """In a module that the official package does not have."""
    assert models.LoginPayload is postline.inkbox.LoginPayload
    assert [name for name in models.__all__ if getattr(models, name) is not getattr(postline.inkbox, name)] == []


@pytest.mark.parametrize("name", ENUMS)
def test_enumerations_have_the_same_members(name: str) -> None:
    """Names and values."""
    assert {member.name: member.value for member in getattr(postline.inkbox, name)} == {
        member.name: member.value for member in KINDS[name]
    }


@pytest.mark.parametrize("name", ERRORS)
def test_exceptions_have_the_same_parents(name: str) -> None:
    """What is caught by one of the documented names is caught here, too."""
    documented = [parent.__name__ for parent in KINDS[name].__mro__ if parent.__module__.startswith("inkbox")]

    ours = getattr(postline.inkbox, name)

    assert [parent.__name__ for parent in ours.__mro__ if parent.__module__.startswith("postline.inkbox")] == documented


@pytest.mark.parametrize("name", SHAPES)
def test_webhook_shapes_have_the_same_keys(name: str) -> None:
    """And the same literals for them."""
    ours, theirs = typing.get_type_hints(getattr(postline.inkbox, name)), typing.get_type_hints(KINDS[name])

    assert {key: str(kind).rpartition(".")[2] for key, kind in ours.items()} == {
        key: str(kind).rpartition(".")[2] for key, kind in theirs.items()
    }


def test_all_methods_are_known() -> None:
    """As many as the service's documentation counts."""
    assert len(THEIRS) == 152


@pytest.mark.parametrize("name", sorted(THEIRS.keys() - {DATA_PLANE}))
def test_every_parameter_is_accepted_as_it_was(name: str) -> None:
    """Each method of either client takes what the official one takes, by the same name or position and with the same default."""
    clients = (postline.inkbox.Inkbox("key"), postline.inkbox.AsyncInkbox("key"))
    where, _, method = name.rpartition(".")

    for client in clients:
        owner = OURS.get(where) or (attrgetter(where)(client) if where else client)
        _accepts(getattr(owner, method), THEIRS[name])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_take_the_same(name: str) -> None:
    """Those that are exported beside the clients."""
    _accepts(getattr(postline.inkbox, name), KINDS[name])


@pytest.mark.parametrize("kind", [postline.inkbox.Inkbox, postline.inkbox.AsyncInkbox])
def test_clients_are_made_alike(kind: type[Any]) -> None:
    """But for the key, which may come from the environment, as the address may."""
    _accepts(kind, inkbox.Inkbox, optional={"api_key"})


@pytest.mark.parametrize("name", [name for name in ERRORS if "__init__" in vars(KINDS[name])])
def test_exceptions_are_made_alike(name: str) -> None:
    """By the same arguments in the same order."""
    _accepts(getattr(postline.inkbox, name), KINDS[name])


@pytest.mark.parametrize("name", CLASSES)
def test_every_attribute_is_there(name: str) -> None:
    """Properties, methods and constants, beside the fields."""
    ours = getattr(postline.inkbox, name)
    fields = getattr(ours, "__dataclass_fields__", {})

    public = [attribute for attribute in dir(KINDS[name]) if not attribute.startswith("_")]

    assert [attribute for attribute in public if not hasattr(ours, attribute) and attribute not in fields] == []


def _accepts(ours: Any, theirs: Any, optional: Collection[str] = ()) -> None:
    mine, documented = (_parameters(each) for each in (ours, theirs))
    for name, parameter in documented.items():
        assert mine[name].kind == parameter.kind, name
        if name not in optional:
            assert mine[name].default in _as_good_as(parameter), name
    positional = [name for name, each in documented.items() if each.kind is each.POSITIONAL_OR_KEYWORD]
    assert [*mine][: len(positional)] == positional
    assert {name for name, each in mine.items() if each.default is each.empty} <= documented.keys()


def _parameters(function: Any) -> dict[str, inspect.Parameter]:
    return {name: each for name, each in inspect.signature(function).parameters.items() if name != "self"}


def _as_good_as(parameter: inspect.Parameter) -> tuple[Any, ...]:
    """Return the defaults that mean the same as the official one; `None`, where it is no value of the parameter."""
    if type(parameter.default) is object:
        return OMITTED, None
    return (parameter.default, None) if parameter.name == "base_url" else (parameter.default,)

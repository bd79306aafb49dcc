"""What can be imported, its fields, members, parents and parameters are those of the official `inkbox` 0.4.4."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import typing
from enum import Enum
from typing import Any

import inkbox
import pytest
from inkbox.vault.resources.vault import UnlockedVault as TheirVault

import postline.inkbox
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
MODULES = (
    "exceptions", "agent_identity", "client", "mail", "mail.types", "phone", "phone.types", "identities", "identities.types",
    "identities.exceptions", "contacts.types", "notes.types", "tunnels", "tunnels.types", "credentials", "vault", "vault.types",
    "vault.exceptions", "vault.crypto", "vault.totp",
    "tunnels.exceptions", "api_keys.types", "agent_signup.types", "whoami.types", "signing_keys", "webhooks",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_exported(name: str) -> None:
    """`from postline.inkbox import ...` gives it, and says so."""
    assert hasattr(postline.inkbox, name)
    assert name in postline.inkbox.__all__


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_its_names(module: str) -> None:
    """The public names that a documented module path leads to are there under the same path."""
    theirs, ours = importlib.import_module(f"inkbox.{module}"), importlib.import_module(f"postline.inkbox.{module}")
    meant = getattr(theirs, "__all__", None) or [
        name for name in vars(theirs) if getattr(KINDS.get(name), "__module__", theirs.__name__) == theirs.__name__
    ]
    own = set(meant) & set(NAMES)

    assert own
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


def test_every_parameter_is_accepted_as_it_was() -> None:
    """Each method takes what the official one takes, by the same name or position, and needs no more."""
    with inkbox.Inkbox("key", base_url="http://127.0.0.1:9") as theirs, postline.inkbox.Inkbox("key") as ours:
        pairs: list[tuple[Any, Any]] = [(theirs, ours), (inkbox.AgentIdentity, postline.inkbox.AgentIdentity)]
        pairs += [(theirs.contacts.access, ours.contacts.access), (theirs.notes.access, ours.notes.access)]
        pairs += [(theirs.contacts.vcards, ours.contacts.vcards)]
        pairs += [
            (value, getattr(ours, name)) for name, value in inspect.getmembers(theirs)
            if not name.startswith("_") and not callable(value)
        ]  # fmt: skip
        pairs += [(inkbox.Credentials([]), postline.inkbox.Credentials([])), (TheirVault, UnlockedVault)]
        compared = 0
        for their_owner, our_owner in pairs:
            for name, method in inspect.getmembers(their_owner, inspect.isroutine):
                mine = getattr(our_owner, name, None)
                if not name.startswith("_") and mine is not None:
                    _accepts(inspect.signature(mine), inspect.signature(method), f"{our_owner}.{name}")
                    compared += 1

    assert compared == 151


def _accepts(ours: inspect.Signature, theirs: inspect.Signature, where: str) -> None:
    documented = {name: each for name, each in theirs.parameters.items() if name != "self"}
    for name, parameter in documented.items():
        mine = ours.parameters[name]
        assert mine.kind == parameter.kind, (where, name)
        assert (mine.default is mine.empty) == (parameter.default is parameter.empty), (where, name)
    positional = [name for name, each in documented.items() if each.kind is each.POSITIONAL_OR_KEYWORD]
    assert [*ours.parameters][: len(positional)] == positional, where
    assert {name for name in ours.parameters if ours.parameters[name].default is inspect.Parameter.empty} <= set(
        documented
    )

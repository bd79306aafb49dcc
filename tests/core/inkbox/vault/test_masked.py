"""Records with secrets give them by name, and in no other way."""

import copy
import dataclasses
import inspect
import io
import json
import pickle
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pydantic_core
import pytest
import rich
from pydantic import BaseModel, ConfigDict
from rich.console import Console
from tests.core.inkbox.vault import vectors as v
from tests.core.inkbox.vault.leaks import shown

from postline.hidden import Hidden, Later
from postline.inkbox import (
    APIKeyPayload,
    DecryptedVaultSecret,
    KeyPairPayload,
    LoginPayload,
    OtherPayload,
    SSHKeyPayload,
    TOTPCode,
    TOTPConfig,
    VaultInitializeResult,
    VaultKeyMaterial,
    VaultKeyType,
)

CANARY = "CANARY4X"
NOW = datetime(2026, 3, 18, tzinfo=UTC)
ID = UUID(v.SECRET_ID)
TOTP = TOTPConfig(CANARY)
RECORDS = [
    LoginPayload(CANARY, CANARY, CANARY, CANARY, TOTP, notes=CANARY),
    SSHKeyPayload(CANARY, CANARY, CANARY, CANARY, notes=CANARY),
    APIKeyPayload(CANARY, CANARY, notes=CANARY),
    KeyPairPayload(CANARY, CANARY, CANARY, notes=CANARY),
    OtherPayload(CANARY, notes=CANARY),
    TOTPConfig(CANARY, issuer=CANARY, account_name=CANARY),
    TOTPCode(CANARY, 0, 30, 30),
    VaultInitializeResult(ID, ID, 4, [CANARY] * 4),
    VaultKeyMaterial(ID, CANARY, CANARY, VaultKeyType.PRIMARY),
    DecryptedVaultSecret(ID, "CRM", "login", NOW, NOW, LoginPayload(CANARY)),
    VaultInitializeResult(ID, ID, 4, [CANARY] * 4).recovery_keys[0],
]
BY_KIND = pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)


@BY_KIND
def test_a_record_prints_masked(record: Any) -> None:
    """By whatever prints it, alone or among others."""
    for value in (record, [record], {"a": (record,)}, vars(record)):
        assert CANARY not in shown(value)
    assert "***" in repr(record)


@BY_KIND
def test_a_record_is_not_walked_over(record: Any) -> None:
    """Not by what reads every attribute that `dir` lists, as debugging helpers do; what is no secret is listed."""
    printed = io.StringIO()
    rich.inspect(record, console=Console(file=printed, width=500), methods=True, all=True)

    assert CANARY not in shown(inspect.getmembers(record))
    assert CANARY not in printed.getvalue()
    assert {*record._shown, "reveal"} <= {*dir(record)}


def test_what_is_no_secret_is_printed() -> None:
    """So that a record can be told from another one."""
    assert (
        repr(TOTPCode("123456", 0, 30, 30)) == "TOTPCode(code=***, period_start=0, period_end=30, seconds_remaining=30)"
    )
    assert repr(LoginPayload("p", url="u")) == "LoginPayload(password=***, url=***)"
    assert "name='CRM', secret_type='login'" in repr(RECORDS[-2])


@BY_KIND
def test_a_record_is_not_dumped(record: Any) -> None:
    """Not by dataclasses, JSON, pydantic or `vars`."""

    class Holder(BaseModel):
        model_config = ConfigDict(arbitrary_types_allowed=True)
        value: Any

    with pytest.raises(TypeError):
        dataclasses.asdict(record)
    for default in (None, vars):
        with pytest.raises(TypeError):
            json.dumps(record, default=default)
    with pytest.raises(pydantic_core.PydanticSerializationError):
        pydantic_core.to_json(record)
    with pytest.raises(pydantic_core.PydanticSerializationError):
        Holder(value=record).model_dump_json()
    assert CANARY not in shown(Holder(value=record).model_dump())
    assert CANARY not in json.dumps([record], default=str)


@BY_KIND
def test_a_record_is_not_pickled(record: Any) -> None:
    """In no protocol, and not among others."""
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError, match="not pickled") as caught:
            pickle.dumps([record], protocol)
        assert CANARY not in str(caught.value)


@BY_KIND
def test_a_record_is_copied_and_compared(record: Any) -> None:
    """A copy is equal, has what is secret, and is another one; it cannot be hashed, as it can be changed."""
    for twin in (copy.copy(record), copy.deepcopy(record)):
        assert twin == record
        assert twin is not record
        assert twin.reveal() == record.reveal()
    assert CANARY in str(record.reveal())
    assert record != record.reveal()
    with pytest.raises(TypeError):
        hash(record)


def test_attributes_are_plain_and_can_be_changed() -> None:
    """As documented; a copy has its own."""
    login = LoginPayload("old", username="me")
    twin = copy.deepcopy(login)

    login.password, login.totp = "new", TOTP

    assert (login.password, login.username, login.totp.secret) == ("new", "me", TOTP.secret)
    assert (twin.password, twin.totp) == ("old", None)
    assert type(login.password) is str
    assert APIKeyPayload("k").access_key == "k"
    assert [key.recovery_code for key in VaultInitializeResult(ID, ID, 1, ["c"]).recovery_keys] == ["c"]
    match login:
        case LoginPayload(password, username):
            assert (password, username) == ("new", "me")


def test_what_is_hidden_is_seen_only_when_asked_for() -> None:
    """A copy is the same thing; it is not pickled."""
    hidden = Hidden(CANARY)

    assert CANARY not in shown(hidden)
    assert CANARY not in rich_attributes(hidden)
    assert copy.copy(hidden) is copy.deepcopy(hidden) is hidden
    assert hidden.reveal() == CANARY
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(hidden)


def test_what_comes_later_is_made_once_it_is_asked_for() -> None:
    """Once; an error is not kept."""
    answers = iter((ValueError("not yet"), CANARY))

    def make() -> str:
        answer = next(answers)
        if isinstance(answer, str):
            return answer
        raise answer

    later = Later(make)

    with pytest.raises(ValueError, match="not yet"):
        later.reveal()
    assert (later.reveal(), later.reveal()) == (CANARY, CANARY)


def rich_attributes(value: Any) -> str:
    """Return what a walk over all attributes shows."""
    return "\n".join(repr(getattr(value, name)) for name in dir(value) if name != "__reduce_ex__")

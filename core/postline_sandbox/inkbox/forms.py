"""What a request may hold: models of bodies and queries, and the service's words about those that do not fit."""

from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from postline_sandbox.web import Json, Refusal


class Form(BaseModel):
    """A body or query; keys that it does not name are ignored, as they are on the live service."""

    model_config = ConfigDict(hide_input_in_errors=True)

    def given(self) -> Json:
        """Return the fields that were given, explicit nulls included, as JSON values."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


class StrictForm(Form):
    """A body that may hold nothing else."""

    model_config = ConfigDict(extra="forbid")


class Page(Form):
    """The query of a list that is read by offset."""

    limit: int = Field(50, ge=1, le=200)
    offset: int = Field(0, ge=0)


FormT = TypeVar("FormT", bound=Form)


def read_body(model: type[FormT], body: bytes) -> FormT:
    """Read a JSON body; none counts as an empty object.

    Raises:
        Refusal: It is not JSON, or does not fit.
    """
    try:
        return model.model_validate_json(body or b"{}")
    except ValidationError as error:
        raise _unfit("body", error) from error


def read_query(model: type[FormT], query: Mapping[str, str]) -> FormT:
    """Read a query.

    Raises:
        Refusal: It does not fit.
    """
    try:
        return model.model_validate(query)
    except ValidationError as error:
        raise _unfit("query", error) from error


def invalid(message: str, *loc: str | int, kind: str = "value_error") -> Refusal:
    """Return the answer to a value that no model can judge alone; `loc` begins with `body`, `query` or `path`."""
    return Refusal(422, {"detail": [{"loc": list(loc), "msg": message, "type": kind}]})


def check_url(url: str | None, name: str, *, secure: str = "https", plain: str = "http") -> None:
    """Refuse a URL of the body's that is neither secure nor on this machine; `wss` and `ws` for sockets."""
    if url is None:
        return
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise invalid("Not a URL", "body", name, kind="url_parsing") from error
    local = parts.scheme == plain and parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if not parts.hostname or not (local or parts.scheme == secure):
        raise invalid(f"URL scheme should be {secure} ({plain} on loopback)", "body", name, kind="url_scheme")


def _unfit(place: str, error: ValidationError) -> Refusal:
    problems: list[dict[str, Any]] = [
        {"loc": [place, *one["loc"]], "msg": one["msg"], "type": one["type"]}
        for one in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    return Refusal(422, {"detail": problems})

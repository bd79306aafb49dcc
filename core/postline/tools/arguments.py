"""The arguments of models: the types that tools declare, and how a call's are read and checked."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field, PlainValidator, StringConstraints, ValidationError

from postline.channels import Address
from postline.tools.declare import Tool
from postline.tools.rendering import inline
from postline.tools.result import ToolArgumentError


def read_arguments(tool: Tool, arguments: Mapping[str, Any] | str | None) -> tuple[dict[str, Any], BaseModel]:
    """Read a call's arguments, given as an object or as its JSON text.

    Returns:
        Those that were given (nulls, which strict schemas force, are not), and all of them validated.

    Raises:
        ToolArgumentError: They are not an object, or do not fit the tool; the message says what is wrong with which.
    """
    if isinstance(arguments, str):
        arguments = _parse(arguments)
    if not isinstance(arguments, Mapping | None):
        raise ToolArgumentError("The arguments must be one object.")
    given = {name: value for name, value in (arguments or {}).items() if value is not None}
    try:
        return given, tool.args_model.__pydantic_validator__.validate_python(given)
    except ValidationError as error:
        raise ToolArgumentError(_complaints(tool, error)) from error


def _parse(text: str) -> Any:
    try:
        return json.loads(text or "{}")
    except (ValueError, RecursionError) as error:
        raise ToolArgumentError("The arguments are not valid JSON.") from error


def _complaints(tool: Tool, error: ValidationError) -> str:
    found = []
    for each in error.errors(include_url=False, include_input=False, include_context=False):
        where = ".".join(str(part) for part in each["loc"])
        if each["type"] == "extra_forbidden":
            found.append(
                f"{inline(where, 64)}: {tool.name} has no such argument, but {', '.join(tool.args_model.model_fields)}"
            )
        else:
            found.append(f"{where}: {each['msg'].removeprefix('Value error, ')}")
    return "; ".join(found) + "."


def parse_address(value: Any) -> Address:
    """Check an address, alone or as `Name <address>`, and normalize it. The name is dropped: it could hide another address.

    Raises:
        ValueError: It is not an address that mail can be sent to; the message says why.
    """
    from email_validator import validate_email

    if not isinstance(value, str):
        raise ValueError("must be an email address")  # pydantic reports a ValueError
    found = validate_email(value, check_deliverability=False, test_environment=True, allow_display_name=True)
    return Address(found.normalized)


def check_number(value: str) -> str:
    """Check that a phone number has the E.164 form. Which numbers exist, only the networks know.

    Nothing is guessed: an inner prefix such as the `(0)` of `+44 (0)20` would make it somebody else's number.

    Raises:
        ValueError: It has another form.
    """
    if not E164.fullmatch(value):
        raise ValueError("must be a phone number as + and country code and digits only, such as +12125550199")
    return value


def _one_line(value: str) -> str:
    if any(ord(character) < 32 or ord(character) in (0x7F, 0x85, 0x2028, 0x2029) for character in value):
        raise ValueError("must be one line without control characters")
    return value


def _not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be blank")
    return value


def _aware(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


E164 = re.compile(r"\+[1-9][0-9]{6,14}")

Id = Annotated[str, StringConstraints(min_length=1, max_length=2_000, strip_whitespace=True)]
Ids = Annotated[list[Id], Field(min_length=1, max_length=50)]
EmailAddress = Annotated[str, AfterValidator(lambda value: parse_address(value).email)]
Recipient = Annotated[Address, PlainValidator(parse_address, json_schema_input_type=str)]
Recipients = Annotated[list[Recipient], Field(min_length=1, max_length=50)]
MoreRecipients = Annotated[list[Recipient], Field(max_length=50)]
Subject = Annotated[str, StringConstraints(min_length=1, max_length=900), AfterValidator(_one_line)]
Body = Annotated[str, StringConstraints(min_length=1, max_length=200_000)]
PhoneNumber = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(check_number)]
TextBody = Annotated[str, StringConstraints(max_length=1_600), AfterValidator(_not_blank)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=255), AfterValidator(_one_line)]
Note = Annotated[str, StringConstraints(min_length=1, max_length=10_000)]
Time = Annotated[datetime, AfterValidator(_aware)]
Limit = Annotated[int, Field(ge=1, le=100)]
Offset = Annotated[int, Field(ge=0)]
Cursor = Annotated[str, StringConstraints(min_length=1, max_length=10_000)]

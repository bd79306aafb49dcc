"""Handles and tunnel names are normalized and checked before anything is sent."""

import pytest

from postline.inkbox import TunnelNameInvalid, normalize_agent_handle, validate_agent_handle, validate_tunnel_name


@pytest.mark.parametrize(
    ("name", "valid"),
    [("@Sales-Bot", "sales-bot"), ("123", "123"), ("a-b", "a-b"), ("a" * 63, "a" * 63), ("@abc", "abc")],
)
def test_good_names_are_normalized(name: str, valid: str) -> None:
    """One leading `@` goes, and capitals."""
    assert validate_tunnel_name(name) == valid
    assert validate_agent_handle(name) == valid
    assert normalize_agent_handle(name) == valid


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("ab", "at least 3"), ("@", "at least 3"), ("a" * 64, "at most 63"), ("a--b", "only contain"), ("-abc", "only contain"),
        ("abc-", "only contain"), ("a_b", "only contain"), ("Sales Bot", "only contain"), ("@@abc", "only contain"),
        ("ünï", "only contain"), (" abc", "only contain"), ("abc\n", "only contain"), ("١٢٣", "only contain"),
    ],
)  # fmt: skip
def test_bad_names_are_refused(name: str, why: str) -> None:
    """With the reason."""
    with pytest.raises(TunnelNameInvalid, match=why):
        validate_agent_handle(name)


def test_a_name_is_text() -> None:
    """Anything else is refused by the same exception."""
    with pytest.raises(TunnelNameInvalid, match="must be a string"):
        normalize_agent_handle(5)  # type: ignore[arg-type]  # the point

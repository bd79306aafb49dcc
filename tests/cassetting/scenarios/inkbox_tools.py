"""Every LangChain tool that Inkbox alone has something for, and the mail tools on its mail."""

from __future__ import annotations

from typing import Any

from tests.canaries import PASSWORD, SEED
from tests.cassetting.scenario import done, scenario
from tests.cassetting.scenarios.langchain_tools import Hands
from tests.cassetting.stage import ANN, HANDLE, IDA, JANE, MAILBOX, NUMBER, TOM
from tests.vaults import SITE, everything, open_vault, store

from postline import inkbox_channels
from postline.hidden import Hidden


async def hands(client: Any) -> Hands:
    """Take all the tools of an identity."""
    return Hands(client, await done(client.run(inkbox_channels(client, HANDLE))))


@scenario("inkbox")
async def tools_on_mail(client: Any) -> Any:
    use = await hands(client)
    newest = await use.newest()
    read = await use("read_email", message_id=newest["id"])
    threads = await use("list_threads", limit=1)
    thread = await use("read_thread", thread_id=threads["data"]["threads"][0]["untrusted"]["id"])
    found = await use("search_emails", query="sunday")
    file = read["data"]["email"]["untrusted"]["attachments"][0]
    opened = await use("get_attachment", attachment_id=file["id"])
    sent = await use("send_email", to=[JANE], subject="Hello", text="Hello Jane")
    answered = await use("reply_to_email", message_id=newest["id"], text="A plumber is coming.")

    assert [each["untrusted"]["text"][:5] for each in thread["data"]["emails"]] == ["It dr", "Now i"]
    assert [each["untrusted"]["subject"] for each in found["data"]["hits"]] == ["Opening hours"]
    assert opened["data"]["attachment"]["untrusted"]["text"] == "Serial number 4711, built in 2016."
    return newest, read, threads, thread, sent, answered


@scenario("inkbox")
async def tool_forward_email(client: Any) -> Any:
    use = await hands(client)
    sent = await use("forward_email", message_id=(await use.newest())["id"], to=[ANN], text="For you")

    assert sent["data"]["sent"]["untrusted"]["to"] == [{"email": ANN}]
    return sent


@scenario("inkbox")
async def tool_mark_emails_read(client: Any) -> Any:
    use = await hands(client)
    marked = await use("mark_emails_read", message_ids=[(await use.newest())["id"]])

    assert marked["data"] == {"marked": 1}
    return marked


@scenario("inkbox")
async def tool_list_calls(client: Any) -> Any:
    listed = await (await hands(client))("list_calls", limit=1)

    assert not listed["complete"]
    return listed


@scenario("inkbox")
async def tool_read_call_transcript(client: Any) -> Any:
    use = await hands(client)
    call = (await use("list_calls"))["data"]["calls"][0]
    read = await use("read_call_transcript", call_id=call["untrusted"]["id"])

    assert "Is the crane free on Tuesday?" in str(read["data"]["call"]["untrusted"])
    return read


@scenario("inkbox")
async def tool_search_transcripts(client: Any) -> Any:
    found = await (await hands(client))("search_transcripts", query="crane")

    assert len(found["data"]["turns"]) == 1
    return found


@scenario("inkbox")
async def tool_place_call(client: Any) -> Any:
    placed = await (await hands(client))("place_call", to=IDA)

    assert placed["data"]["note"]
    return placed


@scenario("inkbox")
async def tool_list_texts(client: Any) -> Any:
    use = await hands(client)
    listed = await use("list_texts", limit=2, unread_only=True)

    assert len(listed["data"]["texts"]) == 2
    return listed


@scenario("inkbox")
async def tool_list_text_conversations(client: Any) -> Any:
    listed = await (await hands(client))("list_text_conversations")

    assert len(listed["data"]["conversations"]) == 2
    return listed


@scenario("inkbox")
async def tool_read_text_conversation(client: Any) -> Any:
    read = await (await hands(client))("read_text_conversation", number=TOM)

    assert "Wrong number?" in str(read["data"]["texts"])
    return read


@scenario("inkbox")
async def tool_check_text_consent(client: Any) -> Any:
    use = await hands(client)
    known = [(await use("check_text_consent", number=each))["data"]["consent"] for each in (IDA, TOM)]

    assert [each["status"] for each in known] == ["opted_in", "unknown"]
    return known


@scenario("inkbox")
async def tool_send_text(client: Any) -> Any:
    sent = await (await hands(client))("send_text", to=IDA, text="Berth 4 is free.")

    assert "Berth 4" in str(sent["data"]["sent"])
    return sent


@scenario("inkbox")
async def tool_mark_texts_read(client: Any) -> Any:
    use = await hands(client)
    newest = (await use("list_texts", limit=1))["data"]["texts"][0]["untrusted"]
    marked = await use("mark_texts_read", text_ids=[newest["id"]])

    assert marked["data"] == {"marked": 1}
    return marked


@scenario("inkbox")
async def tool_save_contact(client: Any) -> Any:
    saved = await (await hands(client))("save_contact", name="Jane Doe", emails=[JANE], phones=[IDA])

    assert "Jane Doe" in str(saved["data"]["contact"])
    return saved


@scenario("inkbox")
async def tool_find_contact(client: Any) -> Any:
    use = await hands(client)
    await use("save_contact", name="Jane Doe", emails=[JANE])
    found = await use("find_contact", query=JANE)

    assert len(found["data"]["contacts"]) == 1
    return found


@scenario("inkbox")
async def tool_whoami(client: Any) -> Any:
    told = await (await hands(client))("whoami")

    assert {MAILBOX, NUMBER} <= set(map(str, told["data"]["identity"].values()))
    return told


class _AnyKey:
    """Opens anything to the same login: in a cassette nothing sealed is left to open. How keys open is tested elsewhere."""

    dropped = False

    def open(self, sealed: str, owner: str) -> Hidden[bytes]:
        return Hidden(f'{{"password":"{PASSWORD}","url":"{SITE}","totp":{{"secret":"{SEED}"}}}}'.encode())


async def lent(client: Any) -> tuple[Hands, str]:
    """Take the tools of an identity that has a login, and the login's id."""
    await done(client.run(open_vault(client, _AnyKey())))
    credential_id = await done(client.run(store(HANDLE, "CRM")))
    return Hands(client, await done(client.run(everything(client, HANDLE)))), credential_id


@scenario("inkbox")
async def tool_list_credentials(client: Any) -> Any:
    use, credential_id = await lent(client)
    listed = await use("list_credentials")

    assert [each["id"] for each in listed["data"]["credentials"]] == [credential_id]
    return listed


@scenario("inkbox")
async def tool_use_credential(client: Any) -> Any:
    use, credential_id = await lent(client)
    loan = await use("use_credential", credential_id=credential_id, part="password", destination=SITE)

    assert loan["data"].pop("handle").startswith("secret://")
    return loan["data"]


@scenario("inkbox")
async def tool_get_one_time_code(client: Any) -> Any:
    use, credential_id = await lent(client)
    loan = await use("get_one_time_code", credential_id=credential_id, destination=SITE)

    assert loan["data"].pop("handle").startswith("secret://")
    return loan["data"]

"""Commune's endpoints, each declared once. Names, parameters, defaults and results are the service's own.

A call sends exactly what Commune documents; what is `None` is left out. Beyond that: ids are quoted whole and may not be empty,
and a request that would do harm twice is not repeated on its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel

from postline.commune.types import (
    Attachment,
    AttachmentUpload,
    AttachmentUrl,
    CreateDomainPayload,
    CreateInboxPayload,
    DeliveryEvent,
    DeliveryMetrics,
    DeliverySuppression,
    Domain,
    DomainDnsRecord,
    DomainVerificationResult,
    Inbox,
    Message,
    Removed,
    SearchResult,
    SendMessagePayload,
    SendMessageResult,
    SetInboxWebhookPayload,
    SmsSendResult,
    ThreadList,
    ThreadPage,
    UpdateInboxPayload,
    UploadAttachmentPayload,
)
from postline.operation import Operation, path
from postline.resource import C, Resource, endpoint

Order = Literal["asc", "desc"]
# Inside a class whose method is called `list`, the type needs another name.
DnsRecords = list[DomainDnsRecord]
MessageList = list[Message]


def _given(payload: BaseModel) -> dict[str, Any]:
    """Return a body by its wire names: nothing that is `None` at the top, everything else as it is."""
    return {key: value for key, value in payload.model_dump(by_alias=True).items() if value is not None}


class Domains(Resource[C]):
    """Mail domains of the organization."""

    @endpoint
    def list(self) -> Operation[list[Domain]]:
        """List the organization's own domains; the shared one is not among them."""
        return Operation("GET", "/v1/domains", list[Domain])

    @endpoint
    def create(self, name: str, region: str | None = None) -> Operation[Domain]:
        """Register a domain. Publish its `records`, then `verify` it."""
        return Operation("POST", "/v1/domains", Domain, body=_given(CreateDomainPayload(name=name, region=region)))

    @endpoint
    def get(self, domain_id: str) -> Operation[Domain]:
        """Fetch one domain."""
        return Operation("GET", path("/v1/domains/{}", domain_id), Domain)

    @endpoint
    def verify(self, domain_id: str) -> Operation[DomainVerificationResult]:
        """Have the domain's DNS records checked now."""
        return Operation("POST", path("/v1/domains/{}/verify", domain_id), DomainVerificationResult, repeatable=True)

    @endpoint
    def records(self, domain_id: str) -> Operation[DnsRecords]:
        """List the DNS records to publish, each with its status."""
        return Operation("GET", path("/v1/domains/{}/records", domain_id), list[DomainDnsRecord])


class Inboxes(Resource[C]):
    """Addresses that receive mail."""

    @endpoint
    def list(self, domain_id: str | None = None) -> Operation[list[Inbox]]:
        """List the inboxes of one domain, or of all."""
        where = path("/v1/domains/{}/inboxes", domain_id) if domain_id else "/v1/inboxes"
        return Operation("GET", where, list[Inbox])

    @endpoint
    def create(
        self,
        local_part: str,
        *,
        domain_id: str | None = None,
        name: str | None = None,
        webhook: Mapping[str, Any] | None = None,
    ) -> Operation[Inbox]:
        """Make an inbox; without a domain, on the organization's own or the shared one. Making it again updates it."""
        payload = CreateInboxPayload(local_part=local_part, domain_id=domain_id, name=name, webhook=_dict(webhook))
        return Operation("POST", "/v1/inboxes", Inbox, body=_given(payload))

    @endpoint
    def get(self, domain_id: str, inbox_id: str) -> Operation[Inbox]:
        """Fetch one inbox."""
        return Operation("GET", path("/v1/domains/{}/inboxes/{}", domain_id, inbox_id), Inbox)

    @endpoint
    def update(
        self,
        domain_id: str,
        inbox_id: str,
        *,
        local_part: str | None = None,
        webhook: Mapping[str, Any] | None = None,
        status: str | None = None,
    ) -> Operation[Inbox]:
        """Change what is given. A `webhook` replaces the old one whole; `{}` ends its deliveries."""
        payload = UpdateInboxPayload(local_part=local_part, webhook=_dict(webhook), status=status)
        return Operation("PUT", path("/v1/domains/{}/inboxes/{}", domain_id, inbox_id), Inbox, body=_given(payload))

    @endpoint
    def set_webhook(
        self, domain_id: str, inbox_id: str, *, endpoint: str, events: Sequence[str] | None = None
    ) -> Operation[Inbox]:
        """Have the inbox's mail announced at a URL; the secret to verify with is in the result's `webhook`."""
        hook = _given(SetInboxWebhookPayload(endpoint=endpoint, events=_list(events)))
        return Operation("PUT", path("/v1/domains/{}/inboxes/{}", domain_id, inbox_id), Inbox, body={"webhook": hook})

    @endpoint
    def remove(self, domain_id: str, inbox_id: str) -> Operation[bool]:
        """Remove an inbox and its mail; whether the service says that it did."""
        return Operation("DELETE", path("/v1/domains/{}/inboxes/{}", domain_id, inbox_id), Removed)


class Threads(Resource[C]):
    """Conversations."""

    @endpoint
    def list(
        self,
        *,
        inbox_id: str | None = None,
        domain_id: str | None = None,
        limit: int | None = 20,
        cursor: str | None = None,
        order: Order | None = "desc",
    ) -> Operation[ThreadList]:
        """List one page of threads, by their newest message. Give an inbox or a domain; `limit` is at most 100."""
        query = {"limit": limit, "order": order, **_filters(inbox_id=inbox_id, domain_id=domain_id, cursor=cursor)}
        return Operation("GET", "/v1/threads", ThreadPage, query)

    @endpoint
    def messages(
        self, thread_id: str, *, limit: int | None = 50, order: Order | None = "asc"
    ) -> Operation[MessageList]:
        """List a thread's messages with their bodies, oldest first; at most 1,000. An unknown thread has none."""
        return Operation(
            "GET", path("/v1/threads/{}/messages", thread_id), list[Message], {"limit": limit, "order": order}
        )


class Messages(Resource[C]):
    """Mail, received and sent."""

    @endpoint
    def send(
        self,
        *,
        to: str | Sequence[str],
        subject: str,
        html: str | None = None,
        text: str | None = None,
        from_address: str | None = None,
        cc: Sequence[str] | None = None,
        bcc: Sequence[str] | None = None,
        reply_to: str | Sequence[str] | None = None,
        thread_id: str | None = None,
        domain_id: str | None = None,
        inbox_id: str | None = None,
        attachments: Sequence[str] | None = None,
        headers: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
    ) -> Operation[SendMessageResult]:
        """Queue a mail. In a thread, it answers the newest message, whichever that is.

        Args:
            to: Up to 50 addresses.
            subject: Also for an answer; `Re: ` is put before it there.
            html: The HTML body; this or `text` is needed.
            text: The plain body.
            from_address: The sender; by default the inbox.
            cc: Addresses, or `Name <address>`.
            bcc: Addresses, or `Name <address>`.
            reply_to: One address; by default one that leads back to the thread.
            thread_id: The conversation to go on with; by default a new one.
            domain_id: Send as `agent@` this domain, without an inbox.
            inbox_id: Send as this inbox.
            attachments: Ids of uploads.
            headers: Further headers; those that mail servers write themselves are dropped.
            idempotency_key: Sent again with the same key within 24 hours, the mail goes out once. Without one, a send is
                repeated only when it certainly did not arrive.
        """
        payload = SendMessagePayload(
            to=_list(to), subject=subject, html=html, text=text, from_address=from_address, cc=_list(cc), bcc=_list(bcc),
            reply_to=_list(reply_to), thread_id=thread_id, domain_id=domain_id, inbox_id=inbox_id,
            attachments=_list(attachments), headers=_dict(headers),
        )  # fmt: skip
        key = {"idempotency-key": idempotency_key} if idempotency_key else {}
        return Operation(
            "POST", "/v1/messages/send", SendMessageResult, body=_given(payload), headers=key, repeatable=bool(key)
        )

    @endpoint
    def list(
        self,
        *,
        inbox_id: str | None = None,
        domain_id: str | None = None,
        sender: str | None = None,
        limit: int | None = 50,
        order: Order | None = "desc",
        before: str | None = None,
        after: str | None = None,
    ) -> Operation[list[Message]]:
        """List messages with their bodies, newest first; at most 1,000. Give an inbox, a domain or a sender.

        `before` and `after` are ISO times, both exclusive.
        """
        filters = _filters(inbox_id=inbox_id, domain_id=domain_id, sender=sender, before=before, after=after)
        return Operation("GET", "/v1/messages", list[Message], {"limit": limit, "order": order, **filters})


class Attachments(Resource[C]):
    """Files of messages."""

    @endpoint
    def upload(self, content: str, filename: str, mime_type: str) -> Operation[AttachmentUpload]:
        """Store a file to send; `content` is base64, about 7.5 MB of file at most."""
        payload = UploadAttachmentPayload(content=content, filename=filename, mime_type=mime_type)
        return Operation("POST", "/v1/attachments/upload", AttachmentUpload, body=_given(payload))

    @endpoint
    def get(self, attachment_id: str) -> Operation[Attachment]:
        """Fetch a file's facts."""
        return Operation("GET", path("/v1/attachments/{}", attachment_id), Attachment)

    @endpoint
    def url(self, attachment_id: str, *, expires_in: int | None = 3600) -> Operation[AttachmentUrl]:
        """Make a link to a file's content; it needs no key, and works for `expires_in` seconds."""
        return Operation(
            "GET", path("/v1/attachments/{}/url", attachment_id), AttachmentUrl, {"expires_in": expires_in}
        )


class Search(Resource[C]):
    """Search in mail."""

    @endpoint
    def threads(
        self, query: str, *, inbox_id: str | None = None, domain_id: str | None = None, limit: int | None = 20
    ) -> Operation[list[SearchResult]]:
        """Find threads by words; `limit` is at most 100. Give an inbox or a domain."""
        found = {"q": query, "limit": limit, **_filters(inbox_id=inbox_id, domain_id=domain_id)}
        return Operation("GET", "/v1/search/threads", list[SearchResult], found)


class Sms(Resource[C]):
    """Text messages."""

    @endpoint
    def send(self, *, to: str, body: str, phone_number_id: str | None = None) -> Operation[SmsSendResult]:
        """Send a text to an E.164 number. It costs credits."""
        text = {"to": to, "body": body, "phone_number_id": phone_number_id}
        return Operation("POST", "/v1/sms/send", SmsSendResult, body={k: v for k, v in text.items() if v is not None})


class Delivery(Resource[C]):
    """What became of sent mail."""

    @endpoint
    def metrics(
        self, *, inbox_id: str | None = None, domain_id: str | None = None, period: str | None = "7d"
    ) -> Operation[DeliveryMetrics]:
        """Count deliveries over a period such as `24h` or `7d`, at most 90 days. Give an inbox or a domain."""
        where = _filters(inbox_id=inbox_id, domain_id=domain_id)
        return Operation("GET", "/v1/delivery/metrics", DeliveryMetrics, {"period": period, **where})

    @endpoint
    def suppressions(
        self, *, inbox_id: str | None = None, domain_id: str | None = None, limit: int | None = 50
    ) -> Operation[list[DeliverySuppression]]:
        """List addresses that mail is no longer sent to, newest first. Give an inbox or a domain."""
        where = _filters(inbox_id=inbox_id, domain_id=domain_id)
        return Operation("GET", "/v1/delivery/suppressions", list[DeliverySuppression], {"limit": limit, **where})

    @endpoint
    def events(
        self,
        *,
        message_id: str | None = None,
        inbox_id: str | None = None,
        domain_id: str | None = None,
        event_type: str | None = None,
        limit: int | None = 50,
    ) -> Operation[list[DeliveryEvent]]:
        """List what happened to sent mail, newest first. Give a message, an inbox or a domain."""
        which = _filters(message_id=message_id, inbox_id=inbox_id, domain_id=domain_id, event_type=event_type)
        return Operation("GET", "/v1/delivery/events", list[DeliveryEvent], {"limit": limit, **which})


def _filters(**values: str | None) -> dict[str, str]:
    """Keep the filters that say something: Commune's own client leaves out empty ones too."""
    return {name: value for name, value in values.items() if value}


def _list(values: Any) -> Any:
    return list(values) if isinstance(values, tuple) else values


def _dict(values: Mapping[str, Any] | None) -> Any:
    return dict(values) if isinstance(values, Mapping) else values

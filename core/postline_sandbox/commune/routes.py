"""Every operation of the Commune half, in the order of its reference."""

from postline_sandbox.commune import (
    attachments,
    delivery,
    domains,
    inboxes,
    messages,
    search,
    send,
    sms,
    threads,
    webhooks,
)
from postline_sandbox.commune.call import Route, route
from postline_sandbox.web import Routes

_ACCOUNT = (30, 60)
_MAIL = (5, 15)
_METRICS = (10, 20)

ROUTES: Routes[Route] = Routes(
    [
        ("GET", "/v1/domains", route(domains.list_domains, "domains:read", _ACCOUNT)),
        ("POST", "/v1/domains", route(domains.create_domain, "domains:write")),
        ("GET", "/v1/domains/{}", route(domains.get_domain, "domains:read")),
        ("POST", "/v1/domains/{}/verify", route(domains.verify_domain, "domains:write")),
        ("GET", "/v1/domains/{}/records", route(domains.list_records, "domains:read")),
        ("GET", "/v1/inboxes", route(inboxes.list_inboxes, "inboxes:read", _ACCOUNT)),
        ("POST", "/v1/inboxes", route(inboxes.create_inbox, "inboxes:write")),
        ("GET", "/v1/domains/{}/inboxes", route(inboxes.list_domain_inboxes, "inboxes:read", _ACCOUNT)),
        ("POST", "/v1/domains/{}/inboxes", route(inboxes.create_domain_inbox, "inboxes:write")),
        ("GET", "/v1/domains/{}/inboxes/{}", route(inboxes.get_inbox, "inboxes:read")),
        ("PUT", "/v1/domains/{}/inboxes/{}", route(inboxes.update_inbox, "inboxes:write")),
        ("DELETE", "/v1/domains/{}/inboxes/{}", route(inboxes.remove_inbox, "inboxes:write")),
        ("GET", "/v1/threads", route(threads.list_threads, "threads:read", _MAIL)),
        ("GET", "/v1/threads/{}/messages", route(threads.list_thread_messages, "threads:read", _MAIL)),
        ("POST", "/v1/messages/send", route(send.send_message, "messages:write")),
        ("GET", "/v1/messages", route(messages.list_messages, "messages:read", _MAIL)),
        ("POST", "/v1/attachments/upload", route(attachments.upload, "attachments:write")),
        ("GET", "/v1/attachments/{}", route(attachments.get_attachment, "attachments:read")),
        ("GET", "/v1/attachments/{}/url", route(attachments.get_url, "attachments:read")),
        ("GET", "/v1/search/threads", route(search.search_threads, "threads:read")),
        ("POST", "/v1/sms/send", route(sms.send_text, "sms:write")),
        ("GET", "/v1/delivery/metrics", route(delivery.get_metrics, "messages:read", _METRICS)),
        ("GET", "/v1/delivery/suppressions", route(delivery.list_suppressions, "messages:read", _ACCOUNT)),
        ("GET", "/v1/delivery/events", route(delivery.list_events, "messages:read", _MAIL)),
        ("GET", "/v1/webhooks/deliveries", route(webhooks.list_deliveries, "messages:read")),
        ("GET", "/v1/webhooks/deliveries/{}", route(webhooks.get_delivery, "messages:read")),
        ("POST", "/v1/webhooks/deliveries/{}/retry", route(webhooks.retry_delivery, "messages:write")),
        ("POST", "/v1/webhooks/test", route(webhooks.send_test, "messages:write")),
    ]
)

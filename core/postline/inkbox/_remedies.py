"""What each of Inkbox's refusals asks for: a sentence for whoever made the call, and whether waiting alone is enough."""

from __future__ import annotations

from typing import NamedTuple


class Remedy(NamedTuple):
    """What would have to change."""

    sentence: str
    passes: bool = False
    """Whether it changes by itself, so that the same call can succeed later."""


_UNREGISTERED = Remedy("This number is not registered for texts; its operator has to register it or use another one.")

REMEDIES = {
    "recipient_blocked": Remedy("The contact rules of this number stop it; only its operator can change them."),
    "recipient_not_opted_in": Remedy(
        "The recipient has to agree first, by texting START to a number of this organization."
    ),
    "recipient_opted_out": Remedy("The recipient wants no texts; only they can change that, by texting START."),
    "sender_sms_pending": Remedy("This number is new; it can send texts in about a quarter of an hour.", passes=True),
    "sender_rate_limited": Remedy(
        "This number has sent as many texts as it may in 24 hours; each counts for that long.", passes=True
    ),
    "carrier_rate_limit": Remedy("The phone network takes no more for now.", passes=True),
    "carrier_unavailable": Remedy("The phone network cannot be reached for now; nothing was sent.", passes=True),
    "carrier_rejected": Remedy("The phone network refused it; it needs another recipient or another wording."),
    "toll_free_sms_unsupported": Remedy("A toll-free number sends no texts; its operator has to give a local one."),
    "toll_free_verification_pending": Remedy("This number is being verified; it sends no texts before.", passes=True),
    "sender_sms_assignment_failed": _UNREGISTERED,
    "sender_not_registered": _UNREGISTERED,
    "sender_registration_required": _UNREGISTERED,
    "messaging_profile_disabled": _UNREGISTERED,
    "customer_campaign_required": Remedy("Consent can be noted only by an organization with a campaign of its own."),
    "message_too_long": Remedy("The text has to be shorter."),
    "invalid_phone_number": Remedy("The number has to be one that exists, in E.164 form."),
}
"""By the code in an answer's `detail`."""

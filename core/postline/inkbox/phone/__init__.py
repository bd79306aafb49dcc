"""Telephony: numbers, calls and transcripts, texts, consent, contact rules."""

from postline.inkbox.exceptions import InkboxAPIError, InkboxError
from postline.inkbox.phone.types import (
    PhoneCall,
    PhoneCallWithRateLimit,
    PhoneNumber,
    PhoneTranscript,
    RateLimitInfo,
    SmsOptIn,
    SmsOptInSource,
    SmsOptInStatus,
    TextConversationSummary,
    TextMediaItem,
    TextMessage,
)
from postline.inkbox.signing_keys import SigningKey

__all__ = [
    "InkboxAPIError",
    "InkboxError",
    "PhoneCall",
    "PhoneCallWithRateLimit",
    "PhoneNumber",
    "PhoneTranscript",
    "RateLimitInfo",
    "SigningKey",
    "SmsOptIn",
    "SmsOptInSource",
    "SmsOptInStatus",
    "TextConversationSummary",
    "TextMediaItem",
    "TextMessage",
]

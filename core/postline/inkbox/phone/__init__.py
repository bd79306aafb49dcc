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

__all__ = [
    "InkboxAPIError",
    "InkboxError",
    "PhoneCall",
    "PhoneCallWithRateLimit",
    "PhoneNumber",
    "PhoneTranscript",
    "RateLimitInfo",
    "SmsOptIn",
    "SmsOptInSource",
    "SmsOptInStatus",
    "TextConversationSummary",
    "TextMediaItem",
    "TextMessage",
]

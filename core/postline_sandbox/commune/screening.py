"""What the service thinks of a mail: is it spam, and does it try to give orders to the agent that reads it.

The scores come from patterns, so the same mail always gets the same ones.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from postline_sandbox.mime import Mail, bare_address

if TYPE_CHECKING:
    from postline_sandbox.commune.service import Commune

_CHARS = 50_000
_FLAG_AT, _REJECT_AT = 0.5, 0.8
_WEIGHTS = {"content": 0.25, "links": 0.4, "sender": 0.2, "domain": 0.15}
_DETECTED_AT = 0.4
_RISKS = ((0.8, "critical"), (0.6, "high"), (0.4, "medium"), (0.2, "low"))

_Pattern = tuple[float, str, re.Pattern[str]]


def _patterns(*table: tuple[float, str, str]) -> tuple[_Pattern, ...]:
    return tuple((weight, reason, re.compile(text, re.IGNORECASE | re.DOTALL)) for weight, reason, text in table)


_SPAM_CONTENT = _patterns(
    (0.5, "prize_or_lottery", r"\b(you('ve| have) won|lottery|claim your (prize|reward)|free gift card)\b"),
    (0.4, "get_rich", r"\b(make money fast|double your (income|bitcoin)|guaranteed (profit|income)|risk[- ]free)\b"),
    (0.4, "pharmacy", r"\b(viagra|cialis|cheap meds|weight loss miracle)\b"),
    (0.3, "pressure", r"\b(act now|limited time|urgent response|expires today|last chance)\b"),
    (0.3, "advance_fee", r"\b(million (us )?dollars|next of kin|wire transfer fee|inheritance fund)\b"),
    (0.2, "shouting", r"!{3,}|\${2,}"),
)
_PHISHING = _patterns(
    (0.8, "phishing_account", r"\b(verify|confirm|update) your (account|password|identity|billing)\b.{0,300}https?://"),
    (0.8, "phishing_suspension", r"\b(account (has been |is )?(suspended|locked|limited))\b.{0,300}https?://"),
)
_LINKS = _patterns(
    (0.4, "numeric_host", r"https?://\d{1,3}(\.\d{1,3}){3}"),
    (0.3, "shortened_link", r"https?://(bit\.ly|tinyurl\.com|t\.co|goo\.gl)/"),
    (0.3, "credentials_in_link", r"https?://[^\s/]+@"),
    (0.3, "punycode_host", r"https?://[^\s/]*xn--"),
)
_TURN = r"[ \t]*(user|human|assistant)[ \t]*:"
_ORDERS = _patterns(
    (
        0.6,
        "role_override_detected",
        r"\b(ignore|disregard|forget|override)\b.{0,40}\b(previous|prior|above|earlier|all|your)\b.{0,30}"
        r"\b(instructions?|prompts?|rules|guidelines|directions)\b|\byou are (now|no longer)\b.{0,40}"
        r"\b(assistant|ai|agent|bot|dan|admin)\b|\bnew (system )?(prompt|instructions)\s*:",
    ),
    (
        0.5,
        "delimiter_injection_detected",
        r"<\|(im_start|im_end|system|endoftext)\|>|\[/?(INST|SYSTEM)\]|<<SYS>>|</?(system|assistant)>|(^|\n)###[ \t]*system",
    ),
    (
        0.5,
        "data_exfiltration_detected",
        r"\b(send|forward|email|post|upload|leak|reveal)\b.{0,60}\b(all|every|entire|the|your)\b.{0,40}"
        r"\b(inbox|messages|conversation|contacts|history|system prompt|database|emails)\b.{0,60}\b(to|at)\b",
    ),
    (
        0.6,
        "sensitive_exfiltration_detected",
        r"\b(send|forward|reveal|share|print|tell)\b.{0,60}\b(api[ _-]?keys?|passwords?|credentials|secrets?|tokens)\b",
    ),
    (0.3, "encoding_obfuscation_detected", r"\b(base64|rot13|hex)[- ]?(decode|encoded)\b|[A-Za-z0-9+/]{200,}={0,2}"),
    (0.25, "output_specification_detected", r"\b(respond|reply|answer|output) (only|exactly) with\b"),
    (0.4, "tool_poisoning_detected", r"\b(call|invoke|use|run|execute) the [\w ]{0,30}\b(tool|function|command)\b"),
    (
        0.3,
        "authority_claim_detected",
        r"\b(as|i am|this is) (the |your )?(system administrator|developer|ceo|openai|anthropic|security team)\b",
    ),
    (0.3, "delayed_trigger_detected", r"\b(when|once|next time) (you|the user)\b.{0,60}\b(then|always|secretly)\b"),
    (0.4, "many_shot_detected", rf"(^|\n)({_TURN}[^\n]*(\n(?!{_TURN})[^\n]*)*(\n|$)){{6}}"),
)
_HIDDEN = re.compile(
    r"<(\w+)[^<>]*style=[\"'][^\"'<>]*(display:\s*none|visibility:\s*hidden|font-size:\s*0|opacity:\s*0|color:\s*#?f{3,6})"
    r"[^<>]*>(.{0,2000}?)</\1>",
    re.IGNORECASE | re.DOTALL,
)
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\U000e0000-\U000e007f]{4,}")


@dataclass(frozen=True)
class Screening:
    """The outcome of both checks."""

    spam_score: float
    spam_reasons: tuple[str, ...]
    action: str
    injection_score: float
    injection_reasons: tuple[str, ...]

    @property
    def flagged(self) -> bool:
        """Whether the mail is kept, but marked as spam."""
        return self.action == "flag"

    @property
    def detected(self) -> bool:
        """Whether the mail seems to give orders."""
        return self.injection_score >= _DETECTED_AT

    @property
    def risk(self) -> str:
        """How bad that would be, in a word."""
        return next((name for least, name in _RISKS if self.injection_score >= least), "none")

    @property
    def summary(self) -> str:
        """What gave it away, on one line."""
        return ", ".join(self.injection_reasons)

    def metadata(self) -> dict[str, Any]:
        """Return what a kept message says about its screening."""
        facts: dict[str, Any] = {"spam_checked": True, "spam_score": self.spam_score, "spam_action": self.action}
        if self.flagged:
            facts |= {"spam_flagged": True, "spam_reasons": list(self.spam_reasons)}
        facts |= {
            "prompt_injection_checked": True,
            "prompt_injection_detected": self.detected,
            "prompt_injection_risk": self.risk,
            "prompt_injection_score": self.injection_score,
        }
        if self.detected:
            facts |= {"prompt_injection_signals": self.summary}
            facts |= {"prompt_injection_reason_codes": list(self.injection_reasons)}
        return facts

    def report(self) -> dict[str, Any]:
        """Return what a webhook says about it."""
        injection: dict[str, Any] = {"checked": True, "detected": self.detected, "risk_level": self.risk}
        injection |= {"confidence": self.injection_score, "model_checked": False}
        injection |= {"reason_codes": list(self.injection_reasons)}
        if self.detected:
            injection["summary"] = self.summary
        spam = {"checked": True, "score": self.spam_score, "action": self.action, "flagged": self.flagged}
        return {"spam": spam, "prompt_injection": injection}


def screen(commune: "Commune", mail: Mail) -> Screening:
    """Screen a mail that comes in."""
    sender = bare_address(mail.sender)
    if sender in commune.blocked_senders:
        score, reasons, rejected = 1.0, ["blocked_sender"], True
    elif commune.has_address(sender):
        score, reasons, rejected = 0.0, [], False
    else:
        score, reasons, rejected = spam_score(mail.subject, mail.text, mail.html, sender)
    action = "reject" if rejected or score >= _REJECT_AT else "flag" if score >= _FLAG_AT else "accept"
    injection, codes = injection_score(mail)
    return Screening(score, tuple(reasons), action, injection, tuple(codes))


def spam_score(subject: str, text: str, html: str | None, sender: str) -> tuple[float, list[str], bool]:
    """Score a mail from 0 to 1; the last value says that it is phishing, whatever the score."""
    whole = f"{subject}\n{text[:_CHARS]}\n{(html or '')[:_CHARS]}"
    content, why = _sum(_SPAM_CONTENT, whole)
    if len(subject) > 8 and subject.isupper():
        content, why = min(1.0, content + 0.3), [*why, "subject_in_capitals"]
    phishing, phish = _sum(_PHISHING, whole)
    links, odd = _sum(_LINKS, whole)
    links = min(1.0, links + phishing)
    local_part, _, domain = sender.rpartition("@")
    parts = {
        "content": content,
        "links": links,
        "sender": 0.6 if sum(letter.isdigit() for letter in local_part) > 5 else 0.0,
        "domain": 0.8 if domain.endswith((".top", ".xyz", ".click", ".loan")) else 0.0,
    }
    score = sum(_WEIGHTS[name] * value for name, value in parts.items())
    # A text that is spam in every other word is spam without a single link.
    score = max(score, 0.55 if content >= 0.8 else 0.0)
    return round(score, 3), [*why, *phish, *odd], bool(phish) and links >= 0.7


def injection_score(mail: Mail) -> tuple[float, list[str]]:
    """Score from 0 to 1 how much a mail tries to give orders, with the reasons."""
    html = (mail.html or "")[:_CHARS]
    score, reasons = _sum(_ORDERS, f"{mail.subject}\n{mail.text[:_CHARS]}\n{html}")
    hidden = " ".join(match.group(3) for match in _HIDDEN.finditer(html))
    if (hidden and _sum(_ORDERS, hidden)[0]) or _INVISIBLE.search(mail.text + html):
        score, reasons = min(1.0, score + 0.4), [*reasons, "hidden_text_hidden_instruction"]
    found = set(reasons)
    if "role_override_detected" in found and {"data_exfiltration_detected", "sensitive_exfiltration_detected"} & found:
        score, reasons = max(score, 0.9), [*reasons, "direct_hijack_exfiltration_combo"]
    return round(score, 3), reasons


def _sum(patterns: tuple[_Pattern, ...], text: str) -> tuple[float, list[str]]:
    hits = [(weight, reason) for weight, reason, pattern in patterns if pattern.search(text)]
    return min(1.0, sum(weight for weight, _ in hits)), [reason for _, reason in hits]

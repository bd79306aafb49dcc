"""The operations of numbers, calls, transcripts, texts, consent and their contact rules."""

from postline_sandbox.inkbox.call import Route, route
from postline_sandbox.inkbox.phone import (
    calls,
    conversations,
    numbers,
    opt_ins,
    text_send,
    texts,
    transcripts,
)
from postline_sandbox.inkbox.phone.rules import RULES

_NUMBERS = "/api/v1/phone/numbers"
_NUMBER = f"{_NUMBERS}/{{}}"
_CALLS = f"{_NUMBER}/calls"
_TEXTS = f"{_NUMBER}/texts"
_CONVERSATIONS = f"{_TEXTS}/conversations"
_RULES = f"{_NUMBER}/contact-rules"
_OPT_INS = "/api/v1/phone/sms-opt-ins"

ROUTES: list[tuple[str, str, Route]] = [
    ("GET", _NUMBERS, route(numbers.list_numbers)),
    ("POST", _NUMBERS, route(numbers.provision_number)),
    ("GET", _NUMBER, route(numbers.get_number)),
    ("PATCH", _NUMBER, route(numbers.update_number)),
    ("DELETE", _NUMBER, route(numbers.release_number)),
    ("DELETE", "/api/v1/identities/{}/phone_number", route(numbers.release_number_of_identity)),
    ("GET", f"{_NUMBER}/search", route(transcripts.search)),
    ("GET", _CALLS, route(calls.list_calls)),
    ("GET", f"{_CALLS}/{{}}", route(calls.get_call)),
    ("GET", f"{_CALLS}/{{}}/transcripts", route(transcripts.list_transcripts)),
    ("POST", "/api/v1/phone/place-call", route(calls.place_call)),
    ("POST", _TEXTS, route(text_send.send_text)),
    ("GET", _TEXTS, route(texts.list_texts)),
    ("GET", f"{_TEXTS}/search", route(texts.search)),
    ("GET", _CONVERSATIONS, route(conversations.list_conversations)),
    ("GET", f"{_CONVERSATIONS}/{{}}", route(conversations.get_conversation)),
    ("PATCH", f"{_CONVERSATIONS}/{{}}", route(conversations.update_conversation)),
    ("GET", f"{_TEXTS}/{{}}", route(texts.get_text)),
    ("PATCH", f"{_TEXTS}/{{}}", route(texts.update_text)),
    ("GET", "/api/media/{}", route(texts.download, is_open=True)),
    ("GET", _OPT_INS, route(opt_ins.list_opt_ins, admin=True)),
    ("GET", f"{_OPT_INS}/{{}}", route(opt_ins.get_opt_in, admin=True)),
    ("POST", f"{_OPT_INS}/{{}}/opt-in", route(opt_ins.opt_in, admin=True)),
    ("POST", f"{_OPT_INS}/{{}}/opt-out", route(opt_ins.opt_out, admin=True)),
    ("GET", _RULES, route(RULES.list_own)),
    ("POST", _RULES, route(RULES.create)),
    ("GET", f"{_RULES}/{{}}", route(RULES.get)),
    ("PATCH", f"{_RULES}/{{}}", route(RULES.update, admin=True)),
    ("DELETE", f"{_RULES}/{{}}", route(RULES.delete, admin=True)),
    ("GET", "/api/v1/phone/contact-rules", route(RULES.list_all, admin=True)),
]

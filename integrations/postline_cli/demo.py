"""The main job from end to end: an agent triages an inbox and answers a mail, and an index answers questions about it all.

With no key and no network: the services are the sandbox's, the model is scripted, the answers are quotes. Each step works on
neutral channels and documents, so that the same code runs on a live service and with a real model.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from postline.errors import PostlineError
from postline_cli import phone, questions
from postline_cli.checks import check_answer, check_citations, check_documents, check_triage
from postline_cli.desks import OPENING, Desk
from postline_cli.progress import Steps
from postline_cli.questions import Question
from postline_cli.records import Asked, DemoError, Options, Report
from postline_sandbox import ControlError, Sandbox, samples

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from llama_index.core.schema import Document

    from postline_cli.answering import Index


def run(options: Options, steps: Steps) -> Report:
    """Do everything, step by step.

    Raises:
        DemoError: A step did not work.
    """
    if options.mail and not options.mail.exists():
        raise DemoError(f"{options.mail} does not exist")
    model = load_model(options.model)
    report = Report(
        service=options.service, source=str(options.mail or "the sample mailbox"), model=options.model or "scripted"
    )
    report.seconds = steps.seconds
    try:
        with Sandbox(now=None if options.mail else phone.sample().now) as sandbox:
            _run(options, report, sandbox, model, steps)
    except (PostlineError, ControlError) as error:
        raise DemoError(str(error)) from error
    return report


def _run(options: Options, report: Report, sandbox: Sandbox, model: BaseChatModel, steps: Steps) -> None:
    sample = None if options.mail else questions.sample()
    address = options.inbox or (sample.inbox if sample else None)
    with OPENING[options.service](sandbox, address) as desk:
        report.inbox = desk.mail.inbox or ""
        load_mail(report, sandbox, options.mail or samples.mailbox(), steps)
        take_call(report, sandbox, desk, steps)
        triage(report, desk, model, sample.awaiting if sample else None, steps)
        pass_on(report, desk, steps)
        documents = read(report, desk, steps)
        index = build_index(report, documents, steps, words_only=options.words_only)
        answer(report, index, wanted(options, report, documents), desk, steps)


def load_model(name: str | None) -> BaseChatModel:
    """Return the chat model of a name, or the scripted one.

    Raises:
        DemoError: There is no such model, or its package or key is missing.
    """
    if name is None:
        from postline_cli.decisions import decide
        from postline_cli.scripted import ScriptedChatModel

        return ScriptedChatModel(decide=decide)
    from langchain.chat_models import init_chat_model

    try:
        return init_chat_model(name)
    except Exception as error:  # each provider's package has errors of its own
        raise DemoError(f"cannot use the model {name}: {_line(error)}") from error


def load_mail(report: Report, sandbox: Sandbox, path: Path, steps: Steps) -> None:
    """Bring mail into the inbox; what cannot be read is reported and left out."""
    with steps.step("Load mail"):
        report.imported = sandbox.control.import_mail(str(path), report.inbox)
    if not report.imported["imported"]:
        reasons = "; ".join(f"{each['source']}: {each['reason']}" for each in report.imported["skipped"][:3])
        raise DemoError(f"no mail could be read from {report.source}" + (f" ({reasons})" if reasons else ""))


def take_call(report: Report, sandbox: Sandbox, desk: Desk, steps: Steps) -> None:
    """Let the sample's call and texts reach the phone line, where there is one."""
    if desk.line:
        with steps.step("Take a call and texts"):
            report.line = phone.receive(sandbox, desk.line, phone.sample())


def triage(report: Report, desk: Desk, model: BaseChatModel, awaiting: str | None, steps: Steps) -> None:
    """Let an agent triage the inbox and answer one mail; then look up in the inbox whether it did."""
    with steps.step("Triage and answer") as task:
        from postline_cli.triage import run_agent

        try:
            outcome = run_agent(
                model,
                desk.channels,
                tell=task.say,
                approved=lambda draft: task.say(f"approved: to {draft.to[0].email}"),
            )
        except Exception as error:  # whatever a model's provider raises
            raise DemoError(f"the agent failed: {_line(error)}") from error
        report.outcome = outcome
        if outcome.sent:
            report.reply = desk.mail.client.sync.run(desk.mail.get_message(outcome.sent))
    check_triage(report, awaiting)


def pass_on(report: Report, desk: Desk, steps: Steps) -> None:
    """Send the newest mail on to the phone line's own mailbox, where it has one."""
    if report.line and len(desk.mailboxes) > 1:
        with steps.step("Pass a mail on"):
            report.passed_on = phone.pass_on(desk.mail, report.line.email)


def read(report: Report, desk: Desk, steps: Steps) -> list[Document]:
    """Read all mail, calls and texts as documents."""
    with steps.step("Read everything") as task:
        from llama_index.readers.postline import InboxReader, TextReader, TranscriptReader

        task.expect(report.imported["imported"])
        readers: list[InboxReader | TranscriptReader | TextReader] = [InboxReader(mail=each) for each in desk.mailboxes]
        if desk.line:
            readers += [TranscriptReader(phone=desk.line.phone), TextReader(texts=desk.line.texts)]
        documents = []
        for document in (each for reader in readers for each in reader.lazy_load_data()):
            documents.append(document)
            task.advance()
    report.documents = dict(Counter(each.metadata["kind"] for each in documents))
    check_documents(report)
    return documents


def build_index(report: Report, documents: Sequence[Document], steps: Steps, *, words_only: bool) -> Index:
    """Index the documents by meaning and by words; by words alone where the encoder is not installed."""
    with steps.step("Build the index") as task:
        from postline_cli.answering import Index
        from postline_cli.embedding import MiniLMEmbedding, load_encoder

        encoder = None if words_only else load_encoder()
        embedding = MiniLMEmbedding(encoder, task.advance) if encoder else None
        index = Index(documents, embedding, expect=task.expect)
    report.chunks, report.embedded = len(index.chunks), len(index.embedded)
    if embedding:
        report.search = "by meaning (all-MiniLM-L6-v2) and by words (BM25)"
    else:
        reason = "as asked" if words_only else "the embedding model is not installed"
        report.search = f"by words (BM25) alone: {reason}"
    return index


def wanted(options: Options, report: Report, documents: Sequence[Document]) -> Sequence[Question]:
    """Choose the questions: a person's; or the sample's, or ones made from the mail, and with a phone line those on its call."""
    if options.ask:
        return [Question(each, "asked") for each in options.ask]
    mail = [(each.text, each.metadata) for each in documents if each.metadata["kind"] == "email"]
    on_mail = questions.made(mail) if options.mail else questions.sample().questions
    if report.line is None:
        return on_mail
    call_id = report.line.calls[0].id
    on_line = [replace(each, about=call_id) if each.kind == "call" else each for each in phone.sample().questions]
    return [*on_mail, *on_line]


def answer(report: Report, index: Index, asked: Sequence[Question], desk: Desk, steps: Steps) -> None:
    """Answer questions, look each citation up where it came from, and compare with what is known."""
    with steps.step("Answer questions") as task:
        task.expect(len(asked))
        for question in asked:
            task.say(question.text)
            found = index.answer(question.text)
            check_citations(found, desk)
            check_answer(question, found)
            cited = {each.reference for each in found.quotes}
            again = question.about in cited if question.about else None
            report.asked.append(Asked(question=question, answer=found, found_again=again))
            task.advance()


def _line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:300]

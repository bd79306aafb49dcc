"""Servers, fresh processes and medians. Imports the standard library only, and little of it.

A process inherits the peak memory of the one that started it, so this one must stay smaller than any client.
"""

import json
import os
import ssl
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import HTTPSHandler, ProxyHandler, build_opener

Report = dict[str, Any]
ROOT = Path(__file__).parent.parent
EXACT = {"lost": 0, "doubled": 0, "misnamed": 0}


class BenchError(Exception):
    """A job did not do what it was asked to, so that its time means nothing."""


@dataclass(frozen=True)
class Server:
    """A latency server that runs, and the environment in which clients trust it."""

    service: str
    url: str
    trust: dict[str, str] = field(default_factory=dict)

    def control(self, path: str) -> Any:
        """Ask the server about itself, past any proxy."""
        context = ssl.create_default_context(cafile=self.trust["SSL_CERT_FILE"]) if self.trust else None
        direct = build_opener(ProxyHandler({}), HTTPSHandler(context=context))
        with direct.open(f"{self.url}/bench/{path}") as answer:
            return json.load(answer)


@contextmanager
def serving(service: str, *, tls: bool = False, **options: float | str) -> Iterator[Server]:
    """Run a latency server with the options of `python -m bench.server`."""
    arguments = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    with TemporaryDirectory() as folder:
        trust = {}
        if tls:
            key, certificate = _certificate(folder)
            arguments += [f"--key={key}", f"--cert={certificate}"]
            trust = {"SSL_CERT_FILE": certificate}
        command = [sys.executable, "-m", "bench.server", f"--service={service}", *arguments]
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout
            ready = process.stdout.readline().split()
            if not ready:
                raise BenchError("the latency server did not start")
            yield Server(service, ready[1], trust)
        finally:
            process.communicate()


def _certificate(folder: str) -> tuple[str, str]:
    key, certificate = f"{folder}/key.pem", f"{folder}/certificate.pem"
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    )
    try:
        subprocess.run([*command.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True)
    except (FileNotFoundError, subprocess.CalledProcessError) as error:
        raise BenchError("TLS needs the openssl command, to make a certificate with") from error
    return key, certificate


@dataclass(frozen=True)
class Job:
    """A function of `bench.jobs` with its arguments."""

    name: str
    arguments: dict[str, Any]
    exact: bool = True
    """Whether anything but every message exactly once is an error."""
    may_fail: bool = False
    """Whether a run that fails is counted, and left out; httpx's shared client now and then reads from a socket that is closed."""
    python: str = sys.executable
    """The interpreter of the environment that the client is in."""


def run(job: Job, server: Server | None = None) -> Report:
    """Run a job in a fresh process; with a server, add what that server saw of it."""
    arguments = dict(job.arguments)
    if job.name == "start.first":
        arguments["started"] = time.monotonic()
    if server:
        arguments["url"] = server.url
        server.control("stats")
    command = [job.python, "-m", "bench.job", job.name, json.dumps(arguments)]
    environment = {**os.environ, **(server.trust if server else {}), "PYTHONPATH": str(ROOT), "NO_PROXY": "127.0.0.1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise BenchError(f"{job.name} {arguments}: {done.stderr.strip().splitlines()[-1]}")
    report: Report = json.loads(done.stdout)
    if server:
        report |= server.control("stats")
        if "sum" in report and job.exact:
            _check(job, report, server)
    return report


def _check(job: Job, report: Report, server: Server) -> None:
    size = job.arguments.get("count") or job.arguments["size"]
    expected = EXACT | {"sum": server.control(f"sum?of={job.name}&size={size}")}
    if wrong := {key: report[key] for key, value in expected.items() if report[key] != value}:
        raise BenchError(f"{job.name} {job.arguments}: not every message exactly once: {wrong}")


class Medians:
    """The reports of several jobs over several rounds, and how many runs failed."""

    def __init__(self, jobs: Iterable[str]) -> None:
        self.all: dict[str, list[Report]] = {name: [] for name in jobs}
        self.failed: Counter[str] = Counter()

    @property
    def reports(self) -> dict[str, list[Report]]:
        """Of the jobs that did not fail every time."""
        return {name: reports for name, reports in self.all.items() if reports}

    def __call__(self, job: str, key: str) -> float:
        return float(median(report[key] for report in self.all[job]))

    def count(self, job: str, requests: str) -> float:
        """How many requests of a kind the server saw."""
        return float(median(report["requests"].get(requests, 0) for report in self.all[job]))

    def ratio(self, job: str, other: str, key: str) -> float:
        return self(job, key) / self(other, key)


def interleaved(jobs: dict[str, Job], server: Server | None, rounds: int) -> Medians:
    """Run each job once a round, one after the other, so that a noisy minute hits all of them."""
    seen = Medians(jobs)
    for _ in range(rounds):
        for name, job in jobs.items():
            try:
                seen.all[name].append(run(job, server))
            except BenchError:
                if not job.may_fail:
                    raise
                seen.failed[name] += 1
    return seen


def latency_ms(server: Server, rounds: int = 3) -> float:
    """The time of a single request on an open connection, as a client without any library sees it."""
    job = Job("mail.latency", {"client": f"{server.service}.raw"})
    return 1000 * float(median(second for _ in range(rounds) for second in run(job, server)["warm"]))

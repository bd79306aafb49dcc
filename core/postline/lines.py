"""Single connections of the client that waits, each for one request at a time. Loaded when the first one is opened."""

from __future__ import annotations

import os
import select
import socket
import time
from dataclasses import replace

from postline.hidden import Hidden
from postline.http1 import Answer, ExchangeError, encode, read
from postline.request import Reply, Request
from postline.route import KEEPALIVE_SECONDS, Route

RECEIVED_BYTES = SENT_BYTES = 65_536


class Line:
    """One connection; opened anew when the server has closed it or it has been idle for long."""

    def __init__(self, route: Route) -> None:
        self._route = route
        self._socket: socket.socket | None = None
        self._idle_since = 0.0
        self._process_id = 0
        """Whose connection it is: a fork makes one of its own."""

    def send(self, request: Request) -> Reply:
        """Send a request and read its answer.

        Raises:
            ExchangeError: There is none, or not all of it.
        """
        reusable = False
        try:
            answer = self._exchange(request)
            reusable = answer.reusable
        finally:  # what was interrupted is not used again
            self._idle_since = time.monotonic()
            if not reusable:
                self.close()
        return answer.reply

    def _exchange(self, request: Request) -> Answer:
        content, reading = Hidden(encode(request)), read(request)
        connection = self._open(request.timeout)
        whole = _send(connection, content)
        try:
            next(reading)
            while True:
                reading.send(connection.recv(RECEIVED_BYTES))
        except StopIteration as stop:
            answer: Answer = stop.value
            return answer if whole else replace(answer, reusable=False)
        except OSError as error:
            raise failure("Read", error) from error

    def _open(self, timeout: float) -> socket.socket:
        if self._socket and (is_spent(self._socket, self._idle_since) or self._process_id != os.getpid()):
            self.close()
        if self._socket is None:
            self._socket, self._process_id = self._connect(timeout), os.getpid()
        self._socket.settimeout(timeout)
        return self._socket

    def _connect(self, timeout: float) -> socket.socket:
        address, context = self._route.address, self._route.context
        try:
            connection = socket.create_connection((address.host, address.port), timeout)
            try:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                if not context:
                    return connection
                # Whoever cuts the connection must not pass for the server that ends its answer.
                return context.wrap_socket(connection, server_hostname=address.host, suppress_ragged_eofs=False)
            except BaseException:
                connection.close()
                raise
        except (OSError, UnicodeError) as error:  # the latter of a host that is no name
            raise failure("Connect", error) from error

    def close(self) -> None:
        """Close the connection."""
        if self._socket:
            self._socket.close()
            self._socket = None


def _send(connection: socket.socket, content: Hidden[bytes]) -> bool:
    """Send it, and say whether all of it was taken: a server that hears no more may have answered before."""
    rest = memoryview(content.reveal())
    try:
        while rest:  # in pieces, as TLS waits until all of one was taken
            rest = rest[connection.send(rest[:SENT_BYTES]) :]
    except TimeoutError as error:
        raise failure("Write", error) from error
    except OSError:
        return False
    return True


def failure(doing: str, error: Exception) -> ExchangeError:
    """Name an error as httpx does: by what was being done."""
    return ExchangeError(doing + ("Timeout" if isinstance(error, TimeoutError) else "Error"), str(error))


def is_spent(connection: socket.socket, idle_since: float) -> bool:
    """Whether an idle connection should be opened anew: it is old, or the server has closed it or said what nobody asked for."""
    if time.monotonic() - idle_since > KEEPALIVE_SECONDS or connection.fileno() < 0:
        return True
    if not hasattr(select, "poll"):  # Windows, where `select` takes any number
        return bool(select.select([connection], [], [], 0)[0])
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(0))

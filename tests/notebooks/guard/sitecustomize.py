"""Keeps a notebook's kernel on this machine: Python imports it at its start, where its folder is in PYTHONPATH."""

import ipaddress
import sys

_PLACES = {"socket.connect": 1, "socket.sendto": 1, "socket.getaddrinfo": 0, "socket.gethostbyname": 0}
"""By audit event, which argument says where to."""


def _is_local(place):
    host = place[0] if isinstance(place, tuple) else place
    if host in {None, "", "localhost"} or "/" in str(host):  # a path names a socket of this machine
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


def _refuse(event, arguments):
    if event in _PLACES and not _is_local(arguments[_PLACES[event]]):
        raise OSError(f"notebooks run without a network, and this one wants to reach {arguments[_PLACES[event]]}")


sys.addaudithook(_refuse)

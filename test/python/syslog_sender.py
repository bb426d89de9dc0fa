"""Sends records with CPython's SysLogHandler.

The argument is JSON: address ([host, port] or a path), socktype ('udp', 'tcp', 'unix-dgram', 'unix-stream', 'unix'),
facility, ident, append_nul, fmt, and records as attributes for makeLogRecord.
"""

import json
import logging
import logging.handlers
import socket
import sys

KINDS = {
    "udp": socket.SOCK_DGRAM,
    "tcp": socket.SOCK_STREAM,
    "unix-dgram": socket.SOCK_DGRAM,
    "unix-stream": socket.SOCK_STREAM,
    "unix": None,
}

given = json.loads(sys.argv[1])
address = given["address"]
handler = logging.handlers.SysLogHandler(
    address if isinstance(address, str) else tuple(address), given["facility"], KINDS[given["socktype"]]
)
handler.ident = given["ident"]
handler.append_nul = given["append_nul"]
handler.setFormatter(logging.Formatter(given["fmt"]))
for attributes in given["records"]:
    handler.handle(logging.makeLogRecord(attributes))
handler.close()

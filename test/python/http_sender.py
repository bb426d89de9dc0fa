"""Sends records by logging.handlers.HTTPHandler.

    http_sender.py

Each line of stdin is [options of the handler, the dictionary of a record, coded as in _common.py].
"""
import json
import logging
import logging.handlers
import sys

from _common import dec

for line in sys.stdin:
    options, fields = json.loads(line)
    credentials = options.pop('credentials', None)
    handler = logging.handlers.HTTPHandler(**options, credentials=credentials and tuple(credentials))
    record = logging.makeLogRecord({})
    # Only what it was made of, in that order.
    record.__dict__.clear()
    record.__dict__.update(dec(fields))
    handler.emit(record)

# What Python's peers have in common: the lines that pino makes, the records of a job, and the measuring.
import itertools
import json
import logging
import resource
import socket
import sys
import time

LINE = (
    '{"level":30,"time":%(created)d,"pid":%(process)d,"hostname":"' + socket.gethostname() + '","name":"%(name)s",'
    '"reqId":"%(reqId)s","method":"%(method)s","url":"%(url)s","status":%(status)d,"ms":%(ms)s,"msg":"%(message)s"}'
)


def read_job():
    return json.loads(sys.argv[1])


def writes_lines(handler):
    """The handler, told to write the lines that pino makes."""
    handler.setFormatter(logging.Formatter(LINE))
    return handler


def run(job, handler, end, level_of=None):
    """Logs the records of a job, all of level INFO unless `level_of` says otherwise of a number; prints what that took."""
    logger = logging.getLogger('app')
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    logger.addHandler(handler)
    records = job['records']
    methods = {logging.INFO: logger.info, logging.WARNING: logger.warning, logging.ERROR: logger.error}
    # Chosen before the clock runs.
    logs = [methods[level_of(n)] for n in range(records)] if level_of else itertools.repeat(logger.info)

    before = read()
    for n, log in zip(range(records), logs):
        fields = {'reqId': f'#{n}', 'method': 'GET', 'url': f'/api/items/{n % 1000}?page=2', 'status': 200, 'ms': 12.5}
        log('#%d the request was completed in time #%d', n, n, extra=fields)
    called = time.monotonic()
    end()
    after = read()

    wall, main, cpu = ((end - start) * 1e6 / records for start, end in zip(before, after))
    call = (called - before[0]) * 1e6 / records
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began = before[0] * 1000
    print(json.dumps({'began': began, 'wall': wall, 'call': call, 'main': main, 'cpu': cpu, 'memory': memory}))


def read():
    return time.monotonic(), time.thread_time(), time.process_time()

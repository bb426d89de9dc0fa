# Python's file handlers, told to write the lines that pino makes.
import json
import logging
import logging.handlers
import resource
import socket
import sys
import time

job = json.loads(sys.argv[1])
line = (
    '{"level":30,"time":%(created)d,"pid":%(process)d,"hostname":"' + socket.gethostname() + '","name":"%(name)s",'
    '"reqId":"%(reqId)s","method":"%(method)s","url":"%(url)s","status":%(status)d,"ms":%(ms)s,"msg":"%(message)s"}'
)
HANDLERS = {
    'rotating-file': logging.handlers.RotatingFileHandler,
    'timed-rotating-file': logging.handlers.TimedRotatingFileHandler,
    'watched-file': logging.handlers.WatchedFileHandler,
}
handler = HANDLERS[job['handler']](job['file'], **job.get('caps', {}), **job.get('options', {}))
handler.setFormatter(logging.Formatter(line))
logger = logging.getLogger('app')
logger.setLevel(logging.INFO)
logger.propagate = False
logger.addHandler(handler)


def read():
    return time.perf_counter(), time.thread_time(), time.process_time()


before = read()
for n in range(job['records']):
    fields = {'reqId': f'#{n}', 'method': 'GET', 'url': f'/api/items/{n % 1000}?page=2', 'status': 200, 'ms': 12.5}
    logger.info('#%d the request was completed in time #%d', n, n, extra=fields)
called = time.perf_counter()
handler.close()
after = read()

wall, main, cpu = ((end - start) * 1e6 / job['records'] for start, end in zip(before, after))
call = (called - before[0]) * 1e6 / job['records']
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({'wall': wall, 'call': call, 'main': main, 'cpu': cpu, 'memory': memory}))

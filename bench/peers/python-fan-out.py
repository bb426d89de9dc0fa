# Python's QueueHandler, QueueListener and a FileHandler for each file, told to write the lines that pino makes.
import json
import logging
import logging.handlers
import queue
import resource
import socket
import sys
import time

job = json.loads(sys.argv[1])
line = (
    '{"level":30,"time":%(created)d,"pid":%(process)d,"hostname":"' + socket.gethostname() + '","name":"%(name)s",'
    '"reqId":"%(reqId)s","method":"%(method)s","url":"%(url)s","status":%(status)d,"ms":%(ms)s,"msg":"%(message)s"}'
)
levels = {'debug': logging.DEBUG, 'info': logging.INFO, 'warn': logging.WARNING}
handlers = []
for target in job['options']['targets']:
    handler = logging.FileHandler(target['options']['filename'])
    handler.setFormatter(logging.Formatter(line))
    handler.setLevel(levels.get(target.get('level'), logging.NOTSET))
    handlers.append(handler)
records = queue.SimpleQueue()
listener = logging.handlers.QueueListener(records, *handlers, respect_handler_level=True)
logger = logging.getLogger('app')
logger.setLevel(logging.DEBUG)
logger.propagate = False
logger.addHandler(logging.handlers.QueueHandler(records))


def read():
    return time.perf_counter(), time.thread_time(), time.process_time()


before = read()
listener.start()
for n in range(job['records']):
    fields = {'reqId': f'#{n}', 'method': 'GET', 'url': f'/api/items/{n % 1000}?page=2', 'status': 200, 'ms': 12.5}
    log = logger.warning if n % 10 == 0 else logger.info
    log('#%d the request was completed in time #%d', n, n, extra=fields)
called = time.perf_counter()
listener.stop()
for handler in handlers:
    handler.close()
after = read()

wall, main, cpu = ((end - start) * 1e6 / job['records'] for start, end in zip(before, after))
call = (called - before[0]) * 1e6 / job['records']
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({'wall': wall, 'call': call, 'main': main, 'cpu': cpu, 'memory': memory}))

# Python's MemoryHandler in front of a FileHandler, told to write the lines that pino makes; the last record is an error.
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
file = logging.FileHandler(job['file'])
file.setFormatter(logging.Formatter(line))
memory = logging.handlers.MemoryHandler(job['options']['capacity'], target=file)
logger = logging.getLogger('app')
logger.setLevel(logging.INFO)
logger.propagate = False
logger.addHandler(memory)


def read():
    return time.perf_counter(), time.thread_time(), time.process_time()


before = read()
for n in range(job['records']):
    fields = {'reqId': f'#{n}', 'method': 'GET', 'url': f'/api/items/{n % 1000}?page=2', 'status': 200, 'ms': 12.5}
    log = logger.error if n == job['records'] - 1 else logger.info
    log('#%d the request was completed in time #%d', n, n, extra=fields)
called = time.perf_counter()
memory.close()
file.close()
after = read()

wall, main, cpu = ((end - start) * 1e6 / job['records'] for start, end in zip(before, after))
call = (called - before[0]) * 1e6 / job['records']
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({'wall': wall, 'call': call, 'main': main, 'cpu': cpu, 'memory': peak}))

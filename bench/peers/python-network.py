# Python's handlers that send, as they are; its SysLogHandler is told to send the lines that pino makes.
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


def syslog(port, tcp):
    socktype = socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM
    handler = logging.handlers.SysLogHandler(('127.0.0.1', port), socktype=socktype)
    handler.setFormatter(logging.Formatter(line))
    return handler


def smtp(mailhost, **options):
    return logging.handlers.SMTPHandler(tuple(mailhost), **options)


HANDLERS = {
    'http': logging.handlers.HTTPHandler,
    'smtp': smtp,
    'socket': logging.handlers.SocketHandler,
    'datagram': logging.handlers.DatagramHandler,
    'syslog': syslog,
}
handler = HANDLERS[job['handler']](**job['options'])
logger = logging.getLogger('app')
logger.setLevel(logging.INFO)
logger.propagate = False
logger.addHandler(handler)


def read():
    return time.monotonic(), time.thread_time(), time.process_time()


before = read()
for n in range(job['records']):
    fields = {'reqId': f'#{n}', 'method': 'GET', 'url': f'/api/items/{n % 1000}?page=2', 'status': 200, 'ms': 12.5}
    logger.info('#%d the request was completed in time #%d', n, n, extra=fields)
called = time.monotonic()
handler.close()
after = read()

wall, main, cpu = ((end - start) * 1e6 / job['records'] for start, end in zip(before, after))
call = (called - before[0]) * 1e6 / job['records']
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
began = before[0] * 1000
print(json.dumps({'began': began, 'wall': wall, 'call': call, 'main': main, 'cpu': cpu, 'memory': memory}))

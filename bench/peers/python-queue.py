# Python's QueueHandler in this process, and its QueueListener with a FileHandler in another, told to write the lines that
# pino makes.
import json
import logging
import logging.handlers
import multiprocessing
import resource
import socket
import sys
import time

line = (
    '{"level":30,"time":%(created)d,"pid":%(process)d,"hostname":"' + socket.gethostname() + '","name":"%(name)s",'
    '"reqId":"%(reqId)s","method":"%(method)s","url":"%(url)s","status":%(status)d,"ms":%(ms)s,"msg":"%(message)s"}'
)


def listen(queue, path, ready):
    file = logging.FileHandler(path)
    file.setFormatter(logging.Formatter(line))
    listener = logging.handlers.QueueListener(queue, file)
    listener.start()
    ready.set()
    # What the other process puts last ends it.
    listener._thread.join()
    file.close()


def read():
    return time.monotonic(), time.thread_time(), time.process_time()


def main():
    job = json.loads(sys.argv[1])
    queue = multiprocessing.Queue()
    ready = multiprocessing.Event()
    other = multiprocessing.Process(target=listen, args=(queue, job['file'], ready))
    other.start()
    ready.wait()
    logger = logging.getLogger('app')
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.addHandler(logging.handlers.QueueHandler(queue))

    before = read()
    for n in range(job['records']):
        fields = {'reqId': f'#{n}', 'method': 'GET', 'url': f'/api/items/{n % 1000}?page=2', 'status': 200, 'ms': 12.5}
        logger.info('#%d the request was completed in time #%d', n, n, extra=fields)
    called = time.monotonic()
    queue.put_nowait(logging.handlers.QueueListener._sentinel)
    other.join()
    after = read()

    wall, main, cpu = ((end - start) * 1e6 / job['records'] for start, end in zip(before, after))
    call = (called - before[0]) * 1e6 / job['records']
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began = before[0] * 1000
    print(json.dumps({'began': began, 'wall': wall, 'call': call, 'main': main, 'cpu': cpu, 'memory': peak}))


if __name__ == '__main__':
    main()

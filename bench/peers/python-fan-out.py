# Python's QueueHandler, QueueListener and a FileHandler for each file, told to write the lines that pino makes.
import logging
import logging.handlers
import queue

from python_peer import read_job, run, writes_lines

LEVELS = {'debug': logging.DEBUG, 'info': logging.INFO, 'warn': logging.WARNING}


def handler_of(target):
    handler = writes_lines(logging.FileHandler(target['options']['filename']))
    handler.setLevel(LEVELS.get(target.get('level'), logging.NOTSET))
    return handler


job = read_job()
handlers = [handler_of(target) for target in job['options']['targets']]
records = queue.SimpleQueue()
listener = logging.handlers.QueueListener(records, *handlers, respect_handler_level=True)
listener.start()


def end():
    listener.stop()
    for handler in handlers:
        handler.close()


run(job, logging.handlers.QueueHandler(records), end, lambda n: logging.WARNING if n % 10 == 0 else logging.INFO)

# Python's file handlers, told to write the lines that pino makes.
import logging.handlers

from python_peer import read_job, run, writes_lines

HANDLERS = {
    'rotating-file': logging.handlers.RotatingFileHandler,
    'timed-rotating-file': logging.handlers.TimedRotatingFileHandler,
    'watched-file': logging.handlers.WatchedFileHandler,
}
job = read_job()
handler = writes_lines(HANDLERS[job['handler']](job['file'], **job.get('caps', {}), **job.get('options', {})))
run(job, handler, handler.close)

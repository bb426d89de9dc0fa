# Python's MemoryHandler in front of a FileHandler, told to write the lines that pino makes; the last record is an error.
import logging
import logging.handlers

from python_peer import read_job, run, writes_lines

job = read_job()
file = writes_lines(logging.FileHandler(job['file']))
memory = logging.handlers.MemoryHandler(job['options']['capacity'], target=file)


def end():
    memory.close()
    file.close()


run(job, memory, end, lambda n: logging.ERROR if n == job['records'] - 1 else logging.INFO)

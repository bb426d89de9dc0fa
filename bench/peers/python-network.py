# Python's handlers that send, as they are; its SysLogHandler is told to send the lines that pino makes.
import logging.handlers
import socket

from python_peer import read_job, run, writes_lines


def syslog(port, tcp):
    socktype = socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM
    return writes_lines(logging.handlers.SysLogHandler(('127.0.0.1', port), socktype=socktype))


def smtp(mailhost, **options):
    return logging.handlers.SMTPHandler(tuple(mailhost), **options)


HANDLERS = {
    'http': logging.handlers.HTTPHandler,
    'smtp': smtp,
    'socket': logging.handlers.SocketHandler,
    'datagram': logging.handlers.DatagramHandler,
    'syslog': syslog,
}
job = read_job()
handler = HANDLERS[job['handler']](**job['options'])
run(job, handler, handler.close)

"""The receiver of the logging cookbook, "Sending and receiving logging events across a network", on a port of its own.

    python cookbook_receiver.py PORT

Each record goes to the logger of its name in this process, which prints it to stdout.
"""
import logging
import logging.handlers
import pickle
import socketserver
import struct
import sys


class LogRecordStreamHandler(socketserver.StreamRequestHandler):
    """Logs each record by whatever is configured here."""

    def handle(self):
        while True:
            chunk = self.connection.recv(4)
            if len(chunk) < 4:
                break
            slen = struct.unpack('>L', chunk)[0]
            chunk = self.connection.recv(slen)
            while len(chunk) < slen:
                chunk = chunk + self.connection.recv(slen - len(chunk))
            obj = self.unPickle(chunk)
            record = logging.makeLogRecord(obj)
            self.handleLogRecord(record)

    def unPickle(self, data):
        return pickle.loads(data)

    def handleLogRecord(self, record):
        # Every record is logged, whatever its level: the sender filters.
        logger = logging.getLogger(record.name)
        logger.handle(record)


class LogRecordSocketReceiver(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def main():
    logging.basicConfig(stream=sys.stdout, format='%(created).3f %(levelno)s %(levelname)s %(name)s %(message)s')
    with LogRecordSocketReceiver(('127.0.0.1', int(sys.argv[1])), LogRecordStreamHandler) as server:
        server.serve_forever()


if __name__ == '__main__':
    main()

"""A web server (http.server) that tells what was sent to it.

    http_server.py HTTP/1.0|HTTP/1.1

First line on stdout: {"port": n}. Then one for each request: its bytes as latin-1, the number of its connection, and its
fields as urllib.parse reads them.
"""
import http.server
import itertools
import json
import sys
import urllib.parse

connections = itertools.count(1)


class Tee:
    """A file that remembers what was read from it."""

    def __init__(self, file):
        self.file = file
        self.seen = b''

    def readline(self, limit=-1):
        return self.keep(self.file.readline(limit))

    def read(self, size=-1):
        return self.keep(self.file.read(size))

    def close(self):
        self.file.close()

    @property
    def closed(self):
        return self.file.closed

    def keep(self, data):
        self.seen += data
        return data


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = sys.argv[1]

    def setup(self):
        super().setup()
        self.rfile = Tee(self.rfile)
        self.connection_number = next(connections)

    def handle_one_request(self):
        self.rfile.seen = b''
        super().handle_one_request()

    def do_GET(self):
        self.tell(urllib.parse.urlsplit(self.path).query)

    def do_POST(self):
        self.tell(self.rfile.read(int(self.headers['Content-length'])).decode())

    def tell(self, form):
        fields = dict(urllib.parse.parse_qsl(form, keep_blank_values=True, strict_parsing=True))
        print(json.dumps({
            'raw': self.rfile.seen.decode('latin-1'),
            'connection': self.connection_number,
            'fields': fields,
        }), flush=True)
        self.send_response(200)
        self.send_header('Content-Length', '0')
        self.end_headers()

    def log_message(self, *args):
        pass


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
server.daemon_threads = True
print(json.dumps({'port': server.server_address[1]}), flush=True)
server.serve_forever()

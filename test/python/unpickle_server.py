"""Receives what SocketHandler and DatagramHandler send, and writes down what it was.

    python unpickle_server.py --kind tcp|udp|unix|unixgram [--host H] [--port P] [--path S]
                              --out FILE [--count N] [--timeout S]
                              [--hmac-key KEY [--hmac-alg sha256]] [--allow-globals]

First line on stdout: {"ready": true, "kind": ..., "address": [host, port] | path}.
Then every record goes as one JSON line (codec of _common.py) to FILE:
    {"peer": n, "record": {attributes of logging.makeLogRecord(dict), in order},
     "text": logging.Formatter("%(levelname)s:%(name)s:%(message)s").format(record)}
and every rejected frame as {"peer": n, "rejected": reason}.
Exits after --count lines, after --timeout seconds, or on SIGTERM; the last line on stdout
is {"done": true, "records": n, "rejected": m}.

Stream framing: 4-byte big-endian length, then that many bytes (the receiver of the Python
logging cookbook).  Datagrams carry the same frame, one per datagram.
HMAC variant: the length covers digest + pickle, i.e. frame = >L(len(d)+len(p)) + d + p with
d = HMAC(key, p); a frame whose digest differs is rejected and never unpickled.
By default no global may be unpickled.
"""
import argparse
import hmac
import io
import json
import logging
import logging.handlers
import os
import pickle
import signal
import socketserver
import struct
import threading
from _common import SafeUnpickler, enc

LOCK, FMT = threading.Lock(), logging.Formatter('%(levelname)s:%(name)s:%(message)s')


class Sink:
    def __init__(self, args):
        self.args, self.n, self.records, self.rejected = args, 0, 0, 0
        self.out = open(args.out, 'w', encoding='utf-8')
        self.done = threading.Event()

    def write(self, obj):
        with LOCK:
            self.out.write(json.dumps(obj) + '\n')
            self.out.flush()
            self.records += 'record' in obj
            self.rejected += 'rejected' in obj
            if self.args.count and self.records + self.rejected >= self.args.count:
                self.done.set()

    def body(self, peer, data):
        try:
            if self.args.hmac_key is not None:
                size = hmac.new(b'', b'', self.args.hmac_alg).digest_size
                mac, data = data[:size], data[size:]
                good = hmac.new(self.args.hmac_key.encode(), data, self.args.hmac_alg).digest()
                if not hmac.compare_digest(mac, good):
                    raise ValueError('bad hmac')
            load = pickle.loads if self.args.allow_globals else lambda b: SafeUnpickler(io.BytesIO(b)).load()
            d = load(data)
            rec = logging.makeLogRecord(d)
            text = FMT.format(rec)
            # key order of the wire dict, values as seen on the LogRecord
            self.write({'peer': peer, 'record': enc({k: rec.__dict__[k] for k in d}), 'text': text})
        except Exception as e:
            self.write({'peer': peer, 'rejected': '%s: %s' % (type(e).__name__, e)})

    def peer(self):
        with LOCK:
            self.n += 1
            return self.n


class Stream(socketserver.StreamRequestHandler):
    def handle(self):
        sink, peer = self.server.sink, self.server.sink.peer()
        while True:
            head = self.rfile.read(4)
            if not head:
                return
            if len(head) < 4:
                sink.write({'peer': peer, 'rejected': 'truncated length'})
                return
            n = struct.unpack('>L', head)[0]
            data = self.rfile.read(n)
            if len(data) < n:
                sink.write({'peer': peer, 'rejected': 'truncated frame'})
                return
            sink.body(peer, data)


class Datagram(socketserver.BaseRequestHandler):
    def handle(self):
        data, sink = self.request[0], self.server.sink
        if len(data) < 4 or struct.unpack('>L', data[:4])[0] != len(data) - 4:
            sink.write({'peer': 0, 'rejected': 'bad length'})
        else:
            sink.body(0, data[4:])


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument('--kind', choices=('tcp', 'udp', 'unix', 'unixgram'), default='tcp')
    ap.add_argument('--host', default='127.0.0.1')
    ap.add_argument('--port', type=int, default=0)
    ap.add_argument('--path')
    ap.add_argument('--out', required=True)
    ap.add_argument('--count', type=int, default=0)
    ap.add_argument('--timeout', type=float, default=60)
    ap.add_argument('--hmac-key')
    ap.add_argument('--hmac-alg', default='sha256')
    ap.add_argument('--allow-globals', action='store_true')
    args = ap.parse_args()
    base = {'tcp': socketserver.ThreadingTCPServer, 'udp': socketserver.UDPServer,
            'unix': socketserver.ThreadingUnixStreamServer,
            'unixgram': socketserver.UnixDatagramServer}[args.kind]

    class Server(base):
        allow_reuse_address = True
        daemon_threads = True
        max_packet_size = 65536
        request_queue_size = 64
    unix = args.kind.startswith('unix')
    address = args.path if unix else (args.host, args.port)
    if unix and os.path.exists(args.path):
        os.unlink(args.path)
    server = Server(address, Stream if args.kind in ('tcp', 'unix') else Datagram)
    server.sink = sink = Sink(args)
    signal.signal(signal.SIGTERM, lambda *a: sink.done.set())
    threading.Thread(target=server.serve_forever, kwargs={'poll_interval': .05}, daemon=True).start()
    print(json.dumps({'ready': True, 'kind': args.kind,
                      'address': args.path if unix else list(server.server_address)}), flush=True)
    sink.done.wait(args.timeout)
    server.shutdown()
    server.server_close()
    if unix:
        os.unlink(args.path)
    with LOCK:
        sink.out.close()
    print(json.dumps({'done': True, 'records': sink.records, 'rejected': sink.rejected}))


if __name__ == '__main__':
    main()

"""Judges frames of pickled records.

stdin: one JSON object a line, {"id": ..., "hex": "<frames>", "want": [values]}; a frame is a 4-byte length and a
pickle, and the values are in the codec of _common.py. With --hmac-key KEY [--hmac-alg NAME] the length covers a
digest and the pickle behind it.
stdout: one JSON object a line, {"id": ..., "problem": null or text, "texts": [what logging prints of each record]}.

Checks: length prefixes exact, digest right, no bytes left over, opcodes of protocol <= 1 only, no global, values equal
(NaN equal to NaN, -0.0 distinct from 0.0, int distinct from float and bool, list distinct from tuple), keys in the same
order, and that logging.makeLogRecord takes a dictionary that has a `msg`.
"""
import argparse
import hmac
import io
import json
import logging
import pickletools
import struct
import sys
from _common import SafeUnpickler, dec

FORMATTER = logging.Formatter('%(levelname)s:%(name)s:%(message)s')


class Problem(Exception):
    pass


def compare(a, b, path='$'):
    if type(a) is not type(b):
        raise Problem('%s: %s instead of %s' % (path, type(a).__name__, type(b).__name__))
    if isinstance(a, dict):
        # repr: NaN, -0.0 and True are keys of their own.
        if list(map(repr, a)) != list(map(repr, b)):
            raise Problem('%s: keys %r, expected %r' % (path, list(a), list(b)))
        for (key, x), y in zip(a.items(), b.values()):
            compare(x, y, '%s[%r]' % (path, key))
    elif isinstance(a, (list, tuple)):
        if len(a) != len(b):
            raise Problem('%s: length %d, expected %d' % (path, len(a), len(b)))
        for n, (x, y) in enumerate(zip(a, b)):
            compare(x, y, '%s[%d]' % (path, n))
    elif repr(a) != repr(b):
        raise Problem('%s: %r instead of %r' % (path, a, b))


def split(data):
    while data:
        if len(data) < 4 or struct.unpack('>L', data[:4])[0] > len(data) - 4:
            raise Problem('bad length prefix')
        end = 4 + struct.unpack('>L', data[:4])[0]
        yield data[4:end]
        data = data[end:]


def verify(body, args):
    if args.hmac_key is None:
        return body
    size = hmac.new(b'', b'', args.hmac_alg).digest_size
    if hmac.new(args.hmac_key.encode(), body[size:], args.hmac_alg).digest() != body[:size]:
        raise Problem('bad hmac')
    return body[size:]


def load(body):
    ops = list(pickletools.genops(body))
    if ops[-1][2] + 1 != len(body):
        raise Problem('bytes left over')
    if max(op.proto for op, _, _ in ops) > 1:
        raise Problem('opcode of protocol 2 or newer')
    return SafeUnpickler(io.BytesIO(body)).load()


def judge(question, args):
    texts = []
    try:
        values = [load(verify(body, args)) for body in split(bytes.fromhex(question['hex']))]
        compare(values, dec(question['want']))
        for value in values:
            if isinstance(value, dict) and 'msg' in value:
                texts.append(FORMATTER.format(logging.makeLogRecord(value)))
        problem = None
    except Exception as e:
        problem = '%s: %s' % (type(e).__name__, e)
    return {'id': question['id'], 'problem': problem, 'texts': texts}


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument('--hmac-key')
    ap.add_argument('--hmac-alg', default='sha256')
    args = ap.parse_args()
    # The comparison goes as deep as a pickle may be nested.
    sys.setrecursionlimit(10000)
    for line in sys.stdin:
        print(json.dumps(judge(json.loads(line), args)))


if __name__ == '__main__':
    main()

"""Values of Python as JSON, and an unpickler that calls nothing. Python 3.6 and newer.

`enc` and `dec` carry what JSON cannot:
    None/bool/str/int within +-(2**53-1)/list/dict-with-str-keys/float with a
    fractional part            -> plain JSON
    {"$":"float","v":"1.0"}    integer-valued, huge or non-finite float (repr)
    {"$":"int","v":"123"}      any larger int
    {"$":"tuple","v":[...]}    {"$":"bytes","hex":"..."}
    {"$":"repeat","v":"y","n":70000}   a long run of one character
    {"$":"dict","v":[[k,v]..]} dict with a non-str key (or a "$" key)
"""
import math
import pickle

SAFE = 2 ** 53 - 1


def enc(v):
    if isinstance(v, str) and len(v) > 500 and len(set(v)) == 1:
        return {'$': 'repeat', 'v': v[0], 'n': len(v)}
    if v is None or isinstance(v, (bool, str)):
        return v
    if isinstance(v, int):
        return v if -SAFE <= v <= SAFE else {'$': 'int', 'v': str(v)}
    if isinstance(v, float):
        if not math.isfinite(v) or v.is_integer() or abs(v) >= 1e15 or 0 < abs(v) < 1e-6:
            return {'$': 'float', 'v': repr(v)}
        return v
    if isinstance(v, (bytes, bytearray)):
        return {'$': 'bytes', 'hex': bytes(v).hex()}
    if isinstance(v, tuple):
        return {'$': 'tuple', 'v': [enc(x) for x in v]}
    if isinstance(v, list):
        return [enc(x) for x in v]
    if isinstance(v, dict):
        if all(isinstance(k, str) for k in v) and '$' not in v:
            return {k: enc(x) for k, x in v.items()}
        return {'$': 'dict', 'v': [[enc(k), enc(x)] for k, x in v.items()]}
    raise TypeError('cannot encode %r' % (v,))


def dec(v):
    if isinstance(v, list):
        return [dec(x) for x in v]
    if isinstance(v, dict):
        k = v.get('$')
        if k is None:
            return {a: dec(b) for a, b in v.items()}
        if k == 'float':
            return float(v['v'])
        if k == 'int':
            return int(v['v'])
        if k == 'tuple':
            return tuple(dec(x) for x in v['v'])
        if k == 'repeat':
            return v['v'] * v['n']
        if k == 'bytes':
            return bytes.fromhex(v['hex'])
        if k == 'dict':
            return {dec(a): dec(b) for a, b in v['v']}
        raise ValueError(k)
    return v


class SafeUnpickler(pickle.Unpickler):
    """Plain data only: every global is refused."""
    def find_class(self, module, name):
        raise pickle.UnpicklingError('global %s.%s is forbidden' % (module, name))

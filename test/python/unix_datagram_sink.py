"""Receives datagrams on a Unix socket and prints each as a line of JSON: its size, and its first 40 characters."""

import json
import os
import socket
import sys

path = sys.argv[1]
if os.path.exists(path):
    os.unlink(path)
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind(path)
print('"ready"', flush=True)
while True:
    data = receiver.recv(1 << 20)
    print(json.dumps([len(data), data.decode()[:40]]), flush=True)

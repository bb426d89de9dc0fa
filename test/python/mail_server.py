"""Mail servers (aiosmtpd) that write each mail as JSON, read by the email package.

    mail_server.py '{"key": pem, "cert": pem, "servers": [{"port": n, "dir": path, "tls": "none|starttls|tls", "auth": bool}]}'
"""
import email
import email.policy
import gzip
import json
import os
import signal
import ssl
import sys
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

options = json.loads(sys.argv[1])


def context(wanted):
    paths = {}
    for name in ('key', 'cert'):
        paths[name] = os.path.join(wanted['dir'], name + '.pem')
        with open(paths[name], 'w') as file:
            file.write(options[name])
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(paths['cert'], paths['key'])
    return made


def content(part):
    if part.get_content_type() == 'application/gzip':
        return gzip.decompress(part.get_content()).decode()
    return part.get_content().replace('\r\n', '\n')


class Handler:
    def __init__(self, wanted):
        self.wanted = wanted
        self.count = 0

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.count += 1
        mail = {
            'from': envelope.mail_from, 'rcpt': envelope.rcpt_tos, 'tls': self.wanted['tls'] == 'tls' or session.ssl is not None,
            'login': bool(session.authenticated), 'To': str(message['To']), 'From': str(message['From']),
            'Subject': str(message['Subject']), 'headers': message.keys(), 'defects': [str(d) for d in message.defects],
            'parts': [[p.get_content_type(), content(p)] for p in message.walk() if not p.is_multipart()],
        }
        path = os.path.join(self.wanted['dir'], '%06d' % self.count)
        with open(path, 'w') as file:
            json.dump(mail, file)
        os.rename(path, path + '.json')
        return '250 queued'


def login(server, session, envelope, mechanism, data):
    return AuthResult(success=(data.login, data.password) == (b'user', b'secret'), handled=True)


class Server(Controller):
    def factory(self):
        wanted = self.handler.wanted
        settings = dict(enable_SMTPUTF8=True)
        if wanted['auth']:
            settings.update(authenticator=login, auth_required=True, auth_require_tls=False)
        if wanted['tls'] == 'starttls':
            settings.update(tls_context=context(wanted), require_starttls=True)
        return SMTP(self.handler, **settings)


servers = [Server(Handler(wanted), hostname='127.0.0.1', port=wanted['port'],
                  ssl_context=context(wanted) if wanted['tls'] == 'tls' else None) for wanted in options['servers']]
stopped = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stopped.set())
for server in servers:
    server.start()
stopped.wait()
for server in servers:
    server.stop()

"""A mail server (aiosmtpd) that writes each mail as JSON, read by the email package.

    mail_server.py '{"port": n, "dir": path, "tls": "none|starttls|tls", "auth": bool, "key": pem, "cert": pem}'
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


def context():
    paths = {}
    for name in ('key', 'cert'):
        paths[name] = os.path.join(options['dir'], name + '.pem')
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
    count = 0

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        Handler.count += 1
        mail = {
            'from': envelope.mail_from, 'rcpt': envelope.rcpt_tos, 'tls': options['tls'] == 'tls' or session.ssl is not None,
            'login': bool(session.authenticated), 'To': str(message['To']), 'From': str(message['From']),
            'Subject': str(message['Subject']), 'headers': message.keys(), 'defects': [str(d) for d in message.defects],
            'parts': [[p.get_content_type(), content(p)] for p in message.walk() if not p.is_multipart()],
        }
        path = os.path.join(options['dir'], '%06d' % Handler.count)
        with open(path, 'w') as file:
            json.dump(mail, file)
        os.rename(path, path + '.json')
        return '250 queued'


def login(server, session, envelope, mechanism, data):
    return AuthResult(success=(data.login, data.password) == (b'user', b'secret'), handled=True)


class Server(Controller):
    def factory(self):
        wanted = dict(enable_SMTPUTF8=True)
        if options['auth']:
            wanted.update(authenticator=login, auth_required=True, auth_require_tls=False)
        if options['tls'] == 'starttls':
            wanted.update(tls_context=context(), require_starttls=True)
        return SMTP(self.handler, **wanted)


server = Server(Handler(), hostname='127.0.0.1', port=options['port'],
                ssl_context=context() if options['tls'] == 'tls' else None)
stopped = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stopped.set())
server.start()
stopped.wait()
server.stop()

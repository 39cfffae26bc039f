"""Locust as the bench drives it: a keep-alive POST of one body, or the journey of a product
instance (trust, poll, then report and poll for as long as it lasts). Tuned: FastHttpUser, one TLS
context for all users, names instead of URLs. Bodies come ready-made from the bench; Locust puts
serial number, nonce and poll id in, and signs nothing."""

import itertools
import os
import re
import ssl

from locust import FastHttpUser, constant, task

FOLDER = os.environ["PEERS_FOLDER"]
PATH = os.environ["PEERS_PATH"]
STATEFUL = os.environ["PEERS_MODE"] == "stateful"
JSON = {"content-type": "application/json"}

CONTEXT = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
CONTEXT.check_hostname = False
CONTEXT.verify_mode = ssl.CERT_NONE

INSTANCES = itertools.count()
NONCES = itertools.count(1)
POLL_ID = re.compile(r'"poll_id":([0-9]+)')


def body(name):
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        return file.read()


def shared_context():
    return CONTEXT


class Tuned(FastHttpUser):
    abstract = True
    wait_time = constant(0)
    insecure = True
    ssl_context_factory = staticmethod(shared_context)


class Stateless(Tuned):
    abstract = STATEFUL
    sent = body("body.json").encode()

    @task
    def post_body(self):
        with self.client.post(
            PATH, data=self.sent, headers=JSON, name="post", catch_response=True
        ) as answer:
            if answer.status_code != 200 or not answer.content:
                answer.failure("status %s" % answer.status_code)


class Instance(Tuned):
    abstract = not STATEFUL
    trust = body("trust.json")
    report = body("report.json")
    poll = body("poll.json")

    def on_start(self):
        self.serial = "LOCUST%07d" % next(INSTANCES)
        self.deferred(self.trust, "trust")

    @task
    def report_usage(self):
        self.deferred(self.report, "report")

    def deferred(self, template, name):
        text = self.exchange(template, name, "OK_POLL", "0")
        if text is None:
            return
        poll_id = POLL_ID.search(text).group(1)
        text = self.exchange(self.poll, "poll", "COMPLETE", poll_id)
        if text is not None and '"smart_license":"' not in text:
            raise RuntimeError("no artefact")

    def exchange(self, template, name, expected, poll_id):
        nonce = str(next(NONCES))
        sent = (
            template.replace("@nonce@", nonce)
            .replace("@serial@", self.serial)
            .replace('"@poll_id@"', poll_id)
        )
        with self.client.post(
            PATH, data=sent, headers=JSON, name=name, catch_response=True
        ) as answer:
            text = answer.text
            if '"nonce":"%s"' % nonce not in text:
                answer.failure("another nonce")
                return None
            if '"status":"%s"' % expected not in text:
                answer.failure("not %s" % expected)
                return None
            return text

# SPDX-License-Identifier: Apache-2.0
"""Numbered events, and a sender that never gives up.

The order in which a Traffic submits is the order in which its office must
store and its partner must show: what was not acknowledged is sent again
before anything new, under the same ids.
"""

import contextlib
import json
import os
import random
import subprocess
import sys
import threading
import uuid

from institutions import BIN, avs_number

TYPE = "etat-droits"
ACKNOWLEDGED = ("stored", "known")


def seeded(name):
    """A source of chance whose seed is printed, to run the same again."""
    seed = int(os.environ.get("CII_SEED", random.SystemRandom().getrandbits(32)))
    print(f"{name}: CII_SEED={seed}", file=sys.stderr)
    return random.Random(seed)


def event_id(chance):
    """A UUIDv7 of our own; the office takes any moment in it."""
    bits = chance.getrandbits(128)
    bits = bits & ~(0xf << 76) | 7 << 76
    bits = bits & ~(0x3 << 62) | 2 << 62
    return str(uuid.UUID(int=bits))


def event(number, to, id=None):
    """The line of the number-th event; 97 persons take turns."""
    line = {"type": TYPE, "on": "2026-01-05", "to": [to], "test": True,
            "facets": {"identity": {"avs": avs_number(1 + number % 97)},
                       "entitlement": {"daysLeft": str(number)}}}
    if id:
        line["id"] = id
    return line


def ids(rows):
    return [row["id"] for row in rows]


def stored(rows):
    return [row["id"] for row in rows if row.get("result") in ACKNOWLEDGED]


class Traffic(threading.Thread):
    """Sends small batches from one office to another until it is stopped."""

    def __init__(self, office, to, chance, batch=8, seconds=120):
        super().__init__(daemon=True)
        self.office = office
        self.to = to
        self.chance = random.Random(chance.getrandbits(64))
        self.batch = batch
        self.seconds = seconds
        self.submitted = []  # in order
        self.acknowledged = set()
        self.refused = []
        self.failure = None
        self.lines = {}
        self.ending = threading.Event()

    def waiting(self):
        return [id for id in self.submitted if id not in self.acknowledged]

    def add(self, count):
        for _ in range(count):
            id = event_id(self.chance)
            self.lines[id] = event(len(self.submitted) + 1, self.to, id)
            self.submitted.append(id)

    def send(self):
        """One batch; what it acknowledges, stays acknowledged."""
        batch = [self.lines[id] for id in self.waiting()]
        # the daemon is gone for a moment: the same again
        with contextlib.suppress(subprocess.TimeoutExpired):
            rows = self.office.send_lines(batch, check=False, timeout=20)
            self.acknowledged.update(stored(rows))
            self.refused += [row for row in rows
                             if row["result"] == "refused"]

    def run(self):
        try:
            while not self.ending.is_set():
                self.add(max(0, self.batch - len(self.waiting())))
                self.send()
                self.ending.wait(0.02)
        except Exception as error:  # shown by end(), in the test's thread
            self.failure = error

    def end(self):
        """Stops, and sends until everything is acknowledged."""
        self.ending.set()
        self.join(self.seconds)
        assert not self.is_alive(), "the sender hangs"
        if self.failure:
            raise self.failure
        for _ in range(50):
            if not self.waiting():
                break
            self.office.wait_ready()
            self.send()
        assert not self.waiting(), f"{self.office.name} never took " \
            f"{len(self.waiting())} events"
        assert not self.refused, self.refused[:3]


def settle(*traffic):
    """Ends all of it, and waits until everything is delivered."""
    for one in traffic:
        one.end()
    for one in traffic:
        one.office.wait_ready()
        one.office.wait_drained(one.to)


def expect_once_and_in_order(case, traffic, receiver):
    """What was submitted is what is stored there and shown here."""
    at_home = ids(traffic.office.events("--direction", "ours",
                                        "--type", TYPE))
    case.assertEqual(at_home, traffic.submitted, "stored by the sender")
    arrived = ids(receiver.arrived("--type", TYPE))
    case.assertEqual(arrived, traffic.submitted, "shown by the receiver")


class Watcher(threading.Thread):
    """What `cii watch` shows as arrived, over every end of the daemon."""

    def __init__(self, office):
        super().__init__(daemon=True)
        self.office = office
        self.shown = []
        self.ending = threading.Event()
        self.process = None

    def run(self):
        while not self.ending.is_set():
            self.process = subprocess.Popen(
                [str(BIN / "cii"), "--run-dir", str(self.office.run_dir),
                 "--json", "watch", "--type", TYPE],
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            with self.process.stdout as output:
                for line in output:
                    row = json.loads(line)
                    if row.get("what") == "arrived":
                        self.shown.append(row["event"])
            self.process.wait()
            self.ending.wait(0.05)

    def end(self):
        self.ending.set()
        if self.process:
            self.process.terminate()
        self.join(20)

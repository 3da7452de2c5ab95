# SPDX-License-Identifier: Apache-2.0
"""Tests that play in time: offices whose clocks are set, day by day.

Each test begins a year after the one before, so that nothing that fell due in
one is late in another. Days are told as numbers: day 0 is the test's first.
"""

import datetime
import json
import queue
import subprocess
import threading
import unittest

from institutions import BIN, PERSON, Canton, avs_number, wait_until
from statements import dossier

FIRST = datetime.date(2026, 3, 2)
YEAR = 400


def person(index, **fields):
    return {**PERSON, "avs": avs_number(index), **fields}


class Story(unittest.TestCase):
    names = ()      # of the offices
    begun = 0       # tests of this class that have begun
    persons = 1000  # of all tests

    @classmethod
    def setUpClass(cls):
        cls.canton = cls.enterClassContext(Canton(competent=False))
        cls.offices = cls.canton.open(*cls.names)

    def setUp(self):
        cls = type(self)
        self.first = FIRST + datetime.timedelta(days=YEAR * cls.begun)
        cls.begun += 1
        Story.persons += 1
        self.who = person(Story.persons)
        self.avs = self.who["avs"]
        self.at(0)

    def day(self, number):
        return str(self.first + datetime.timedelta(days=number))

    def at(self, number, *offices):
        """It is this day, everywhere or at these."""
        self.now = number
        for office in offices or self.offices:
            office.cii("clock", "--set", self.day(number))

    def settle(self):
        """Until nothing is on its way any more: what arrives somewhere has
        its consequences in the same turn, so that two looks are enough."""
        quiet = 0
        while quiet < 2:
            quiet += 1
            for office in self.offices:
                for partner in self.offices:
                    if partner is not office:
                        office.wait_drained(partner.name)

    def dossier(self, office, *others):
        """What the office follows this test's person for, and with whom."""
        dossier(office, [other.name for other in others], person=self.who)

    def send(self, office, kind, on=None, check=True, person=None, **facets):
        """An event about this test's person; its outcome."""
        more = {word: facets.pop(word) for word in ("to", "in_reply_to")
                if word in facets}
        identity = person or self.who
        return office.send_lines([{
            "type": kind, "on": self.day(self.now if on is None else on),
            "test": True, "case": "GE-1",
            "facets": {"identity": identity, **facets}, **more}],
            check=check)[0]

    def say(self, office, *words, **more):
        """A command about this test's person; the rows of its answer."""
        return office.ask(*words, "--avs", self.avs, "--test", **more)

    def tasks(self, office, *words, kind=None):
        """What is to be done about this test's person."""
        if kind:
            words = (*words, "--kind", kind)
        return [row for row in office.ask("task", "list", "--avs", self.avs,
                                          *words) if row["kind"] == "task"]

    def task(self, office, kind, *words):
        rows = self.tasks(office, *words, kind=kind)
        self.assertEqual(len(rows), 1, rows)
        return rows[0]

    def wait_late(self, office, kind):
        return wait_until(lambda: self.tasks(office, "--late", kind=kind),
                          what=f"{kind} to be late at {office.name}")[0]

    def arrived(self, office, kind):
        return [row for row in office.arrived("--avs", self.avs)
                if row["type"] == kind]


class Watcher:
    """`cii watch` of an office, read in the background."""

    def __init__(self, office):
        self.news = queue.Queue()
        self.process = subprocess.Popen(
            [str(BIN / "cii"), "--run-dir", str(office.run_dir), "--json",
             "watch"], stdout=subprocess.PIPE, text=True)
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        for line in self.process.stdout:
            self.news.put(json.loads(line))

    def alerts(self):
        """What was told until now."""
        rows = []
        while not self.news.empty():
            rows.append(self.news.get())
        return [row for row in rows if row.get("what") == "alert"]

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.thread.join()
        self.process.stdout.close()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# ctest: full
"""A partner is away for hours while events are queued for it: all are
delivered in order when it is back, and memory stays flat on both sides.
CII_LONG says how many (100 000 with the release build)."""

import sys, pathlib; sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import os
import unittest

from institutions import BIN, Canton, wait_until
from traffic import TYPE, event, ids, stored

SANITIZED = b"__asan_init" in (BIN / "ciid-core").read_bytes()
EVENTS = int(os.environ.get("CII_LONG", 5000 if SANITIZED else 100000))
AT_ONCE = 2000
GROWTH = 32 << 20  # what the two caches of SQLite and one turn may take
ASAN_GROWTH = 160 << 20  # its quarantine of freed memory is flat as well


class PartnerAway(unittest.TestCase):
    def setUp(self):
        self.canton = Canton()
        self.orp, self.cch = self.canton.open("ge.orp", "ge.cch")

    def tearDown(self):
        self.canton.__exit__()

    def queue(self, first, count):
        lines = [event(number, "ge.cch")
                 for number in range(first, first + count)]
        sent = stored(self.orp.send_lines(lines))
        self.assertEqual(len(sent), count)
        return sent

    def deliver_all(self):
        self.orp.wait_link("ge.cch")
        self.orp.wait_drained("ge.cch", 300)

    def test_all_in_order_when_it_is_back_and_memory_stays_flat(self):
        sent = self.queue(1, AT_ONCE)
        self.deliver_all()
        before = [office.memory() for office in (self.orp, self.cch)]
        self.cch.stop()

        while len(sent) < EVENTS:
            sent += self.queue(len(sent) + 1, min(AT_ONCE,
                                                  EVENTS - len(sent)))
        queued = self.orp.memory()
        self.cch.start()
        self.deliver_all()
        wait_until(lambda: self.cch.link("ge.orp").get("backlog") == "0",
                   60, "the receipts to be delivered")

        arrived = ids(self.cch.arrived("--type", TYPE))
        self.assertEqual(len(arrived), EVENTS)
        self.assertEqual(arrived, sent)
        after = [office.memory() for office in (self.orp, self.cch)]
        growth = ASAN_GROWTH if SANITIZED else GROWTH
        for name, more in (("queued", queued - before[0]),
                           ("sender", after[0] - before[0]),
                           ("receiver", after[1] - before[1])):
            print(f"{name}: {more / (1 << 20):+.1f} MiB", file=sys.stderr)
            self.assertLess(more, growth, name)

    def test_is_away_again_in_the_middle_of_its_backlog(self):
        self.cch.stop()
        sent = self.queue(1, AT_ONCE)
        for _ in range(3):
            before = int(self.orp.link("ge.cch")["acked"])
            self.cch.start()
            wait_until(lambda: int(self.orp.link("ge.cch")["acked"]) > before,
                       what="some to be acknowledged")
            self.cch.kill()
            sent += self.queue(len(sent) + 1, 500)
        self.cch.start()
        self.deliver_all()

        self.assertEqual(ids(self.cch.arrived("--type", TYPE)), sent)


if __name__ == "__main__":
    unittest.main()

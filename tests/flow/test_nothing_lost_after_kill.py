#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# ctest: full
"""kill -9 of gate, core, reader or supervisor, on either side, at random,
200 times during traffic both ways: nothing that was acknowledged to `cii` is
lost, nothing is shown twice, order is kept, and the stores are whole."""

import sys, pathlib; sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import os
import time
import unittest

from institutions import Canton, wait_until
from traffic import (Traffic, Watcher, expect_once_and_in_order, seeded,
                     settle)

KILLS = int(os.environ.get("CII_LONG", 200))
VICTIMS = ("core", "core", "core", "gate", "gate", "reader", "ciid")


def kill_one(office, chance):
    """Whatever runs at this instant, be it ready or still starting."""
    victim = chance.choice(VICTIMS)
    if victim == "ciid":
        office.kill()
        office.start(wait=False)
        return
    wait_until(lambda: office.pid_of(victim), what=f"{victim} to come back")
    office.kill(victim)


class NothingLostAfterKill(unittest.TestCase):
    def setUp(self):
        self.chance = seeded("kills")
        self.canton = Canton()
        self.offices = self.canton.open("ge.orp", "ge.cch")
        orp, cch = self.offices
        self.traffic = [Traffic(orp, "ge.cch", self.chance),
                        Traffic(cch, "ge.orp", self.chance)]
        self.watchers = [Watcher(cch), Watcher(orp)]

    def kill_all_along(self):
        """In bursts of ten; between them, both ways get on a little."""
        for count in range(KILLS):
            time.sleep(self.chance.uniform(0, 0.15))
            kill_one(self.chance.choice(self.offices), self.chance)
            if count % 10 == 9:
                for traffic in self.traffic:
                    before = len(traffic.acknowledged)
                    wait_until(lambda: traffic.failure or
                               len(traffic.acknowledged) > before + 20,
                               what="traffic between kills")

    def expect_shown_once(self, watcher, traffic):
        self.assertTrue(watcher.shown, "nothing was watched")
        self.assertEqual(len(watcher.shown), len(set(watcher.shown)),
                         "an event was shown twice")
        self.assertLessEqual(set(watcher.shown), set(traffic.submitted))

    def test_what_was_acknowledged_arrives_once_and_in_order(self):
        with self.canton:
            for thread in self.traffic + self.watchers:
                thread.start()

            self.kill_all_along()
            settle(*self.traffic)
            for watcher in self.watchers:
                watcher.end()

            for traffic, receiver, watcher in zip(
                    self.traffic, reversed(self.offices), self.watchers):
                expect_once_and_in_order(self, traffic, receiver)
                self.expect_shown_once(watcher, traffic)
            for office in self.offices:
                office.cii("verify", role="administrator")
                self.assertNotRegex(office.log_text(),
                                    "restored partner|stream renewed|"
                                    "refused partner|reason=\"(ack|deliv)")
            print(f"{KILLS} kills, "
                  f"{sum(len(t.submitted) for t in self.traffic)} events",
                  file=sys.stderr)


if __name__ == "__main__":
    unittest.main()

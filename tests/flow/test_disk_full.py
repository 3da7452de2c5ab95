#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# ctest: full
"""The disk is full, then there is space again: `cii send` fails with a clear
error, reading goes on, and work resumes by itself, on the sender's side and
on the receiver's. Each office has a small file system of its own, seen by
this test only (root, mount namespace)."""

import sys, pathlib; sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import os
import shutil
import subprocess
import unittest

from institutions import Canton, wait_until
from traffic import TYPE, event, event_id, ids, seeded, stored

OURS = "CII_OWN_MOUNTS"
SIZE = "24m"


def unmount(folder):
    subprocess.run(["umount", "-l", str(folder)], check=False)


class DiskFull(unittest.TestCase):
    def setUp(self):
        if OURS not in os.environ:
            print("SKIPPED: no mounts of our own without root",
                  file=sys.stderr)
            self.skipTest("needs root, to mount")
        self.chance = seeded("full")
        self.canton = Canton()
        self.orp = self.add("ge.orp")
        self.cch = self.add("ge.cch")
        self.canton.introduce()
        for office in (self.orp, self.cch):
            office.start()
        self.orp.wait_link("ge.cch")
        self.submitted = []
        self.lines = {}

    def tearDown(self):
        self.canton.__exit__()

    def add(self, name):
        office = self.canton.add(name)
        state = office.folder / "state"
        subprocess.run(["mount", "-t", "tmpfs", "-o",
                        f"size={SIZE},mode=0700", "tmpfs", str(state)],
                       check=True)
        self.addCleanup(unmount, state)
        return office

    @staticmethod
    def filler(office):
        return office.folder / "state" / "filler"

    def fill(self, office):
        """To the last byte."""
        with open(self.filler(office), "wb", buffering=0) as file:
            for size in (1 << 20, 4096, 1):
                try:
                    while file.write(b"x" * size) == size:
                        pass
                except OSError:
                    pass
        self.assertEqual(shutil.disk_usage(office.folder / "state").free, 0)

    def free(self, office):
        self.filler(office).unlink()

    def send(self, office, to, count=10):
        """New events and what was refused before, in order; the outcomes."""
        for _ in range(count):
            id = event_id(self.chance)
            self.lines[id] = event(len(self.lines) + 1, to, id)
        return office.send_lines(list(self.lines.values()), check=False)

    def expect_room(self, office, room):
        wait_until(lambda: [row for row in office.ask("status")
                            if row.get("room") == room],
                   what=f"{office.name} to say that room is {room}")

    def expect_reading(self, office, wanted):
        """Whoever meets the full disk first may have to ask twice."""
        wait_until(lambda: office.cii("query", check=False).returncode == 0)
        for _ in range(3):
            self.assertLessEqual(set(wanted), set(ids(office.events())))

    def expect_all_once(self):
        self.orp.wait_link("ge.cch")
        self.orp.wait_drained("ge.cch")
        self.assertEqual(ids(self.orp.events("--direction", "ours",
                                             "--type", TYPE)),
                         list(self.lines))
        wait_until(lambda: ids(self.cch.arrived("--type", TYPE)) ==
                   list(self.lines), what="all to arrive, in order")

    def expect_one_core(self, office):
        """It did not have to start again."""
        self.assertNotIn("ended program=ciid-core", office.log_text())

    def test_sender_refuses_clearly_reads_on_and_resumes(self):
        told = stored(self.send(self.orp, "ge.cch"))
        self.assertEqual(len(told), 10)
        self.fill(self.orp)

        refused = self.orp.send_lines([event(999, "ge.cch")], check=False)
        again = self.orp.cii("send", TYPE, "--on", "2026-01-05", "--test",
                             "--to", "ge.cch", "--avs", "756.9217.0769.85",
                             "--daysLeft", "3", check=False)
        self.assertEqual(stored(refused), [])
        self.assertEqual(again.returncode, 8)
        self.assertIn("full", again.stderr)
        self.expect_room(self.orp, "full")
        self.expect_reading(self.orp, told)

        self.free(self.orp)
        self.expect_room(self.orp, "ok")
        self.assertEqual(len(stored(self.send(self.orp, "ge.cch"))), 20)
        self.expect_all_once()
        self.expect_one_core(self.orp)

    def test_sender_keeps_what_it_told_while_the_disk_filled_up(self):
        told = set()
        with open(self.filler(self.orp), "wb", buffering=0) as file:
            for _ in range(40):
                rows = self.send(self.orp, "ge.cch", 20)
                told.update(stored(rows))
                if len(stored(rows)) < len(self.lines):
                    break
                free = shutil.disk_usage(self.orp.folder / "state").free
                file.write(b"x" * max(0, free - (100 << 10)))
            else:
                self.fail("the disk never became full")
        self.expect_reading(self.orp, told)

        self.free(self.orp)
        self.expect_room(self.orp, "ok")
        self.assertEqual(len(stored(self.send(self.orp, "ge.cch", 1))),
                         len(self.lines))
        self.assertLessEqual(told, set(self.lines))
        self.expect_all_once()
        self.expect_one_core(self.orp)

    def test_receiver_acknowledges_nothing_reads_on_and_resumes(self):
        told = stored(self.send(self.orp, "ge.cch"))
        self.orp.wait_drained("ge.cch")
        self.fill(self.cch)

        more = stored(self.send(self.orp, "ge.cch", 50))
        self.assertEqual(len(more), 60, "the sender is not concerned")
        self.expect_room(self.cch, "full")
        self.expect_reading(self.cch, told)
        self.assertGreater(int(self.orp.link("ge.cch")["backlog"]), 0)
        self.assertEqual(ids(self.cch.arrived("--type", TYPE)), told)

        self.free(self.cch)
        self.expect_all_once()
        self.expect_one_core(self.cch)

    def test_starts_again_once_there_is_room(self):
        told = stored(self.send(self.orp, "ge.cch"))
        self.orp.kill()
        self.fill(self.orp)
        self.orp.start(wait=False)
        wait_until(lambda: "cannot start" in self.orp.log_text() or
                   self.orp.ask("status", check=False),
                   what="the office to start, or to say why not")

        self.free(self.orp)
        self.orp.wait_ready()
        self.expect_room(self.orp, "ok")
        self.assertEqual(len(stored(self.send(self.orp, "ge.cch"))), 20)
        self.assertLessEqual(set(told), set(self.lines))
        self.expect_all_once()


if __name__ == "__main__":
    if OURS not in os.environ and os.geteuid() == 0 and \
            shutil.which("unshare"):
        os.environ[OURS] = "1"
        os.execvp("unshare", ["unshare", "-m", "--propagation", "private",
                              sys.executable, "-B", *sys.argv])
    unittest.main()

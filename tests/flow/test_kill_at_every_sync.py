#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# ctest: full
"""The core ends at its k-th sync, write to the file or send, on either side,
during traffic both ways and while it recovers: nothing that was acknowledged
is lost or doubled. A sync that fails is never tried again: the core ends and
recovers from the file. A write that finds no space undoes its turn, and work
goes on. CII_LONG says up to which k."""

import sys, pathlib; sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import os
import re
import shutil
import subprocess
import unittest

from institutions import Canton, wait_until
from traffic import Traffic, expect_once_and_in_order, seeded, settle

POINTS = int(os.environ.get("CII_LONG", 8))
ENDED = "ended program=ciid-core"
HAPPENED = re.compile(r"INJECTED|= \?$", re.MULTILINE)


def strace(output, calls, inject):
    """Traces in the background, so that the daemon stays our child."""
    return ["strace", "-D", "-f", "-y", "-o", str(output),
            "-e", f"trace={calls}", "-e", "signal=none",
            "-e", f"inject={inject}"]


def failing(call, error, k):
    """Its k-th call fails: a call that the sandbox lets pass takes its
    place."""
    return f"{call}:error={error}:syscall=getpid:when={k}"


def is_of_folder(trace):
    """SQLite goes on when the folder cannot be synced: it has tried."""
    line = next(line for line in trace.read_text().splitlines()
                if "INJECTED" in line)
    return "ciid.db" not in line


def can_trace():
    if not shutil.which("strace"):
        return False
    return subprocess.run(["strace", "-f", "-o", "/dev/null", "true"],
                          capture_output=True).returncode == 0


class KillAtEverySync(unittest.TestCase):
    def setUp(self):
        if not can_trace():
            print("SKIPPED: strace cannot trace here", file=sys.stderr)
            self.skipTest("strace cannot trace here")
        self.canton = Canton()
        self.offices = self.canton.open("ge.orp", "ge.cch")
        orp, cch = self.offices
        chance = seeded("points")
        self.traffic = [Traffic(orp, "ge.cch", chance, batch=3),
                        Traffic(cch, "ge.orp", chance, batch=3)]
        for traffic in self.traffic:
            traffic.start()

    def finish(self):
        settle(*self.traffic)
        for traffic, receiver in zip(self.traffic, reversed(self.offices)):
            expect_once_and_in_order(self, traffic, receiver)
        for office in self.offices:
            office.cii("verify", role="administrator")
            self.assertNotRegex(office.log_text(),
                                "restored partner|stream renewed")

    def run_until_injected(self, office, calls, inject):
        """The trace of a run in which it happened at least once."""
        trace = self.canton.folder / "trace"
        trace.write_text("")
        office.stop()
        office.start(wait=False, under=strace(trace, calls, inject))
        wait_until(lambda: HAPPENED.search(trace.read_text()),
                   what=f"{inject} to happen in {office.name}")
        return trace

    def test_killed_at_the_kth_call(self):
        with self.canton:
            for k in range(1, POINTS + 1):
                for call, step in (("fdatasync", 1), ("pwrite64", 2),
                                   ("sendto", 3)):
                    office = self.offices[k % 2]
                    ends = office.log_text().count(ENDED)
                    self.run_until_injected(
                        office, call, f"{call}:signal=KILL:when={k * step}")
                    wait_until(lambda: office.log_text().count(ENDED) > ends,
                               what="the core to be missed")
                    office.stop()
                    office.start(wait=False)
            self.finish()

    def expect_end_without_another_sync(self, trace):
        """Whoever saw its sync fail does not sync again: it ends."""
        lines = trace.read_text().splitlines()
        failed = [(at, line.split()[0]) for at, line in enumerate(lines)
                  if "INJECTED" in line]
        self.assertTrue(failed)
        for at, pid in failed:
            after = [line for line in lines[at + 1:]
                     if line.split()[0] == pid]
            self.assertTrue(after and "exited with 1" in after[-1],
                            lines[at:at + 10])
            self.assertFalse([line for line in after if "sync(" in line])

    def test_a_sync_that_fails_is_the_end_of_the_core(self):
        with self.canton:
            for k in range(2, POINTS + 2):
                for error in ("EIO", "ENOSPC"):
                    office = self.offices[k % 2]
                    ends = office.log_text().count(ENDED)
                    trace = self.run_until_injected(
                        office, "fdatasync", failing("fdatasync", error, k))
                    if is_of_folder(trace):
                        continue
                    wait_until(lambda: office.log_text().count(ENDED) > ends,
                               what="the core to end after a failed sync")
                    office.stop()
                    self.expect_end_without_another_sync(trace)
                    office.start(wait=False)
            self.finish()

    def test_a_write_without_space_undoes_its_turn(self):
        with self.canton:
            for k in range(1, POINTS + 1):
                office = self.offices[k % 2]
                self.run_until_injected(office, "pwrite64",
                                        failing("pwrite64", "ENOSPC", 9 * k))
                traffic = self.traffic[k % 2]
                before = len(traffic.acknowledged)
                wait_until(lambda: len(traffic.acknowledged) > before + 6,
                           what="work to go on")
                office.stop()
                office.start(wait=False)
            self.finish()


if __name__ == "__main__":
    unittest.main()

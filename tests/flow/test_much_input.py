#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# ctest: full
"""What is too large is refused with its size, beside lines that stand; many
lines are taken to the last, with progress on a terminal and none elsewhere.

100 000 lines with a release build or CII_LONG set, fewer with sanitizers.
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import json
import os
import pty
import re
import subprocess
import threading
import unittest

from institutions import BIN, SANITIZER, Canton, avs_number

SANITIZED = b"__asan_init" in (BIN / "cii").read_bytes()
LINES = 100_000 if os.environ.get("CII_LONG") or not SANITIZED else 20_000
KIB = 1024


def line(number, **changes):
    return {"type": "fin-de-droits", "on": "2026-01-05", "test": True,
            "to": ["ge.cch"], "case": f"MANY-{number}",
            "facets": {"identity": {"avs": avs_number(1 + number % 997)},
                       "entitlement": {"cause": "quota"}}, **changes}


def large(size):
    """A line whose facets hold at least this many bytes."""
    made = line(0, case="LARGE")
    made["facets"]["contact"] = {"counsellor": "x" * size}
    return made


class Terminal(threading.Thread):
    """What a program writes to a terminal of 80 columns."""

    def __init__(self):
        super().__init__(daemon=True)
        self.master, self.slave = pty.openpty()
        self.text = ""
        self.start()

    def run(self):
        while True:
            try:
                data = os.read(self.master, 65536)
            except OSError:  # nobody has it open any more
                return
            self.text += data.decode(errors="replace")

    def end(self):
        os.close(self.slave)
        self.join(30)
        os.close(self.master)
        return self.text


class MuchInput(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.canton = cls.enterClassContext(Canton())
        cls.orp, cls.cch = cls.canton.open("ge.orp", "ge.cch")

    def send(self, text, name, **streams):
        return subprocess.run(
            [str(BIN / "cii"), "--run-dir", str(self.orp.run_dir), "send", "-",
             "--journal", str(self.orp.folder / name)],
            input=text, text=True, timeout=600, **streams)

    def test_what_is_too_large_is_refused_with_its_size(self):
        small = line(0, case="SMALL")
        lines = [small, large(256 * KIB), small, large(1100 * KIB), small]
        text = "".join(json.dumps(one) + "\n" for one in lines)
        done = self.send(text, "large", capture_output=True)
        self.assertEqual(done.returncode, 3)
        said = {int(n): words for n, words in re.findall(
            r"^cii: line (\d+)(.*)$", done.stderr, re.M)}
        self.assertEqual(set(said), {2, 4})
        for number, least, most in ((2, 256 * KIB, 256 * KIB),
                                    (4, 1100 * KIB, 1024 * KIB)):
            figures = [int(n) for n in re.findall(r"\d{4,}", said[number])]
            self.assertEqual(len(figures), 2, said[number])
            self.assertGreaterEqual(figures[0], least)
            self.assertEqual(figures[1], most)
        self.assertIn("5 lines: 3 stored, 2 refused", done.stderr)
        self.assertNotIn("xxxx", done.stderr)
        self.assertEqual(len(self.orp.events("--case", "SMALL")), 3)
        self.assertEqual(self.orp.events("--case", "LARGE"), [])

    def test_large_lines_one_after_the_other_do_not_choke_anybody(self):
        # within what an event may hold, over what a request may: requests
        # are cut by size, and each line is answered
        text = (json.dumps(large(250 * KIB)) + "\n") * 60
        done = self.send(text + json.dumps(line(0, case="LAST")), "requests",
                         capture_output=True)
        self.assertEqual(done.returncode, 3)
        self.assertIn("61 lines: 1 stored, 60 refused", done.stderr)
        self.assertEqual(done.stderr.count("counsellor: "), 60)

    def test_many_lines_are_taken_with_progress_on_a_terminal(self):
        text = "".join(json.dumps(line(i)) + "\n" for i in range(LINES))
        terminal = Terminal()
        done = self.send(text, "many", stdout=subprocess.PIPE,
                         stderr=terminal.slave)
        said = terminal.end()
        self.assertNotRegex(said, SANITIZER)
        self.assertEqual(done.returncode, 0, said[-2000:])
        self.assertEqual(done.stdout, "")

        steps = re.findall(r"\r\x1b\[K(\d+) lines read, (\d+) stored", said)
        read, stored = ([int(step[i]) for step in steps] for i in (0, 1))
        self.assertGreater(len(steps), 2, said[:2000])
        self.assertEqual(read, sorted(read))
        self.assertEqual(stored, sorted(stored))
        self.assertTrue(any(0 < n < LINES for n in stored), stored)
        self.assertTrue(said.endswith(
            f"\r\x1b[K{LINES} lines: {LINES} stored\r\n"), said[-200:])
        self.assertFalse((self.orp.folder / "many").exists(),
                         "the journal stays, though all is stored")
        self.assertEqual(
            len(self.orp.events("--case", f"MANY-{LINES - 1}")), 1)

        # and they all go where they belong
        self.orp.wait_drained("ge.cch", seconds=300)
        status = self.cch.ask("status")[0]
        self.assertGreaterEqual(int(status["arrived"]), LINES)

        # the same again stores nothing twice, and is quiet in a pipe
        again = self.send("".join(json.dumps(line(i, id=one)) + "\n"
                                  for i, one in self.ids(200)),
                          "again", capture_output=True)
        self.assertEqual(again.stderr,
                         "200 lines: 0 stored, 200 stored before\n")

    def ids(self, count):
        rows = self.orp.ask("query", "--limit", "2000", "--type",
                            "fin-de-droits")
        found = {row["case"]: row["id"] for row in rows if "case" in row}
        return [(i, found[f"MANY-{i}"]) for i in range(count)]


if __name__ == "__main__":
    unittest.main()

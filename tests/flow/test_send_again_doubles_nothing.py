#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# ctest: full
"""The daemon is not running, or ends in the middle of a batch: `cii send`
says which lines were stored, every line has an id (its own, or one of the
journal), so running it again doubles nothing. The same id with other content
is a conflict."""

import sys, pathlib; sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import json
import subprocess
import unittest

from institutions import BIN, Canton, wait_until
from traffic import TYPE, event, event_id, ids, seeded, stored

LINES = 3000  # more than `cii` has under way while nobody reads its rows


class SendAgain(unittest.TestCase):
    def setUp(self):
        self.chance = seeded("again")
        self.canton = Canton()
        self.orp = self.canton.add("ge.orp")
        self.cch = self.canton.add("ge.cch")
        self.canton.introduce()
        self.file = self.canton.folder / "batch.ndjson"
        self.journal = self.canton.folder / "batch.ndjson.cii-journal"

    def tearDown(self):
        self.canton.__exit__()

    def write(self, count, own_ids=False):
        lines = [event(number + 1, "ge.cch",
                       event_id(self.chance) if own_ids else None)
                 for number in range(count)]
        self.file.write_text("".join(json.dumps(line) + "\n"
                                     for line in lines))
        return lines

    def run_batch(self):
        done = self.orp.cii("--json", "send", str(self.file), check=False)
        return done.returncode, [json.loads(line)
                                 for line in done.stdout.splitlines()]

    def held(self):
        return ids(self.orp.events("--direction", "ours", "--type", TYPE))

    @staticmethod
    def outcomes(rows):
        return [row for row in rows if "line" in row]

    def test_not_running_means_nothing_stored_and_said_so(self):
        self.write(5)

        code, rows = self.run_batch()
        self.assertEqual(code, 7)
        self.assertEqual(stored(self.outcomes(rows)), [])

        self.orp.start()
        code, rows = self.run_batch()
        self.assertEqual(code, 0)
        self.assertEqual(stored(self.outcomes(rows)), self.held())
        self.assertEqual(len(self.held()), 5)

    def interrupted(self, own_ids, end):
        """A batch, ended once some lines were answered; then again, twice."""
        lines = self.write(LINES, own_ids)
        self.orp.start()
        batch = subprocess.Popen(
            [str(BIN / "cii"), "--run-dir", str(self.orp.run_dir), "--json",
             "send", str(self.file)], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        with batch.stdout as output:
            rows = [json.loads(output.readline())]
            end()
            rows += map(json.loads, output)
        batch.wait(60)
        told = stored(self.outcomes(rows))
        self.assertTrue(told)
        self.assertLess(len(told), LINES, "it was not in the middle")

        self.orp.wait_ready()
        held = self.held()
        self.assertLessEqual(set(told), set(held), "told stored, but was not")
        self.assertEqual(len(held), len(set(held)))
        self.assertEqual(held[:len(told)], told, "order")
        self.assertEqual(batch.returncode, 7)
        self.expect_summary(rows[-1]["summary"], told, held)
        self.assertEqual(self.journal.exists(), not own_ids)

        code, rows = self.run_batch()
        self.assertEqual(code, 0)
        self.assertEqual(len(stored(self.outcomes(rows))), LINES)
        known = [row["id"] for row in rows if row.get("result") == "known"]
        self.assertEqual(known, held, "told again as stored before")
        self.assertFalse(self.journal.exists())
        if own_ids:
            code, rows = self.run_batch()
            self.assertEqual({row["result"] for row in self.outcomes(rows)},
                             {"known"})
            self.assertEqual(self.held(), [line["id"] for line in lines])
        self.assertEqual(len(self.held()), LINES)

    def expect_summary(self, summary, told, held):
        """Each line is in one state: what was told is "stored", and what is
        held beyond that is at most "unknown"."""
        first = len(told) + 1
        unknown = lines_of(summary["unknown_lines"])
        self.assertEqual(lines_of(summary["stored_lines"]),
                         set(range(1, first)))
        self.assertLessEqual(set(range(first, len(held) + 1)), unknown)
        self.assertEqual(summary["stored"] + summary["unknown"] +
                         summary["not_stored"], summary["lines"])

    def kill_core(self):
        wait_until(lambda: self.orp.pid_of("core"))
        self.orp.kill("core")

    def stop_daemon(self):
        self.orp.stop()
        self.orp.start()

    def test_killed_in_the_middle_with_ids_of_the_journal(self):
        self.interrupted(False, self.kill_core)

    def test_killed_in_the_middle_with_own_ids(self):
        self.interrupted(True, self.kill_core)

    def test_stopped_in_the_middle_with_ids_of_the_journal(self):
        self.interrupted(False, self.stop_daemon)

    def test_the_partner_too_sees_each_line_once(self):
        self.cch.start()
        self.interrupted(False, self.kill_core)
        self.orp.wait_link("ge.cch")
        self.orp.wait_drained("ge.cch")
        self.assertEqual(ids(self.cch.arrived("--type", TYPE)), self.held())

    def test_same_id_with_other_content_is_a_conflict(self):
        self.orp.start()
        line = event(1, "ge.cch", event_id(self.chance))
        self.assertEqual(stored(self.orp.send_lines([line])), [line["id"]])

        for change in ({"on": "2026-01-06"},
                       {"type": "preavis-fin-de-droits"},
                       {"case": "another"},
                       {"facets": event(2, "ge.cch")["facets"]}):
            with self.subTest(change):
                row, = self.orp.send_lines([line | change], check=False)
                self.assertEqual((row["result"], row["code"]),
                                 ("refused", "CONFLICT"))
        row, = self.orp.send_lines([line])
        self.assertEqual(row["result"], "known")
        self.assertEqual(self.held(), [line["id"]])

    def test_two_lines_of_one_batch_with_one_id(self):
        self.orp.start()
        line = event(1, "ge.cch", event_id(self.chance))
        rows = self.orp.send_lines([line, line, line | {"on": "2026-01-06"}],
                                   check=False)
        self.assertEqual([row["code"] for row in rows],
                         ["OK", "DUPLICATE", "CONFLICT"])
        self.assertEqual(self.held(), [line["id"]])


def lines_of(ranges):
    """The lines in pairs of first and last."""
    return {line for first, last in ranges for line in range(first, last + 1)}


if __name__ == "__main__":
    unittest.main()

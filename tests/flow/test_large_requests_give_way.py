#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# ctest: quick
"""Programs that begin large requests and never end them do not shut out the
others: one that is in the way is told to try again, and the office answers.
"""

import sys, pathlib; sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import select
import struct
import unittest

from control import BUSY, Program, simple_line
from institutions import Canton

MIB = 1 << 20
LARGE = 8 * MIB


class LargeRequestsGiveWay(unittest.TestCase):
    def setUp(self):
        self.canton = self.enterContext(Canton())
        self.orp, _ = self.canton.open("ge.orp", "ge.cch")

    def begin(self, programs):
        """All but the last byte of a large request from each, as far as the
        office takes it."""
        left = {p.socket: struct.pack(">I", LARGE) + bytes(LARGE - 1)
                for p in programs}
        for plain in left:
            plain.setblocking(False)
        while left:
            _, ready, _ = select.select([], list(left), [], 1)
            if not ready:
                return
            for plain in ready:
                try:
                    left[plain] = left[plain][plain.send(left[plain]):]
                except OSError:
                    left[plain] = b""
                if not left[plain]:
                    del left[plain]

    def test_requests_that_never_end_shut_nobody_out(self):
        programs = [Program(self.orp, "operator") for _ in range(12)]
        self.addCleanup(lambda: [p.close() for p in programs])
        self.begin(programs)
        with Program(self.orp, "operator", timeout=20) as honest:
            outcome, = honest.send(simple_line(1, "ge.cch"))
            self.assertEqual(outcome.verdict[0].verdict, "transmit")
        told = []
        for program in programs:
            program.socket.settimeout(0.2)
            try:
                reply = program.reply()
            except OSError:
                continue
            if reply:
                told.append(reply.code)
        self.assertIn(BUSY, told)


if __name__ == "__main__":
    unittest.main()

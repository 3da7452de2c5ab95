#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# ctest: full
"""Nobody on this machine makes the others wait: thousands of connections are
refused beyond the cap, what a program leaves unread does not pile up, and a
query that does not end costs no turn.
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import os
import signal
import socket
import struct
import unittest

from control import (BUSY, OK, Program, framed, many_files, request,
                     simple_line)
from institutions import Canton, alive, wait_until

ROLES = ("operator", "counsellor", "auditor", "administrator")
CONNECTIONS = 2400
CAP = 64
QUERIES = 3
LIMITS = {"control_clients": CAP, "queries": QUERIES, "query_seconds": 600}
MIB = 1 << 20


def children_of(pid):
    try:
        text = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(child) for child in text.split()]


class ControlIsBounded(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        many_files(CONNECTIONS + 500)
        cls.canton = cls.enterClassContext(Canton())
        cls.orp, cls.cch = cls.canton.open("ge.orp", "ge.cch", limits=LIMITS)
        cls.number = 0

    def setUp(self):
        self.worker = Program(self.orp, "operator")
        self.addCleanup(self.worker.close)

    def goes_on(self):
        """An event is stored here, delivered, and acknowledged there."""
        ControlIsBounded.number += 1
        outcome, = self.worker.send(simple_line(self.number, "ge.cch"))
        self.assertEqual((outcome.code, outcome.verdict[0].verdict),
                         (OK, "transmit"))
        head = self.link()["head"]
        wait_until(lambda: int(self.link()["acked"]) >= int(head),
                   what="the partner to acknowledge")

    def link(self):
        self.worker.ask("partners")
        return self.worker.answer()[2][0]

    def open_files(self):
        return len(os.listdir(f"/proc/{self.orp.pid_of('core')}/fd"))

    def test_thousands_of_connections_are_refused_beyond_the_cap(self):
        self.goes_on()
        before = self.open_files()
        crowd = []
        self.addCleanup(lambda: [program.close() for program in crowd])
        for number in range(CONNECTIONS):
            crowd.append(Program(self.orp, ROLES[number % 4]))
            if number % 300 == 0:
                self.goes_on()
        self.goes_on()
        self.assertLessEqual(self.open_files(), before + 4 * CAP)

        # those beyond it are told so, and let go
        admitted = []
        for program in crowd:
            program.socket.settimeout(0.001)
            try:
                reply = program.reply()
            except TimeoutError:
                admitted.append(program)
                continue
            self.assertEqual(reply.code, BUSY)
            self.assertIn("too many clients", reply.text)
            self.assertIsNone(program.reply())
        self.assertEqual(len(admitted), 4 * CAP - 1)
        done = self.orp.cii("status", check=False, role="operator")
        self.assertEqual(done.returncode, 8, done.stderr)
        self.assertIn("too many clients", done.stderr)

        # the others are served
        for program in admitted[::20]:
            program.socket.settimeout(60)
            program.ask("status")
            self.assertEqual(program.answer()[0], OK)
        for program in crowd:
            program.close()
        wait_until(lambda: self.orp.cii("status", check=False).returncode == 0,
                   what="room for others")
        wait_until(lambda: self.open_files() <= before + 1,
                   what="the daemon to let go of all")

    def test_what_is_left_unread_does_not_pile_up(self):
        self.goes_on()
        with Program(self.orp, "operator") as glutton:
            before = self.orp.memory()
            glutton.socket.setblocking(False)
            asked = request("catalogue") * 200
            total, waiting = 0, b""
            for _ in range(100):  # far more than it is answered
                waiting = waiting or asked
                try:
                    sent = glutton.socket.send(waiting)
                    total, waiting = total + sent, waiting[sent:]
                except BlockingIOError:
                    self.goes_on()
                except (BrokenPipeError, ConnectionResetError):
                    break  # it was cut: that is a bound as well
            self.goes_on()
            self.assertLess(self.orp.memory() - before, 100 * MIB)
        self.goes_on()

    def test_a_query_that_does_not_end_costs_no_turn(self):
        lines = [simple_line(n, "ge.cch", f"Q-{n}") for n in range(1500)]
        for start in range(0, len(lines), 500):
            self.worker.send(*lines[start:start + 500])
        reader = self.orp.pid_of("reader")
        slow = []
        for number in range(QUERIES):  # nobody reads their answers
            program = Program(self.orp, "operator")
            self.addCleanup(program.close)
            program.ask("query", limit=1000000)
            slow.append(program)
            wait_until(lambda: len(children_of(reader)) == number + 1,
                       what="the query to begin")
        for child in children_of(reader):
            os.kill(child, signal.SIGSTOP)
        for _ in range(5):
            self.goes_on()

        # one more is refused; everything that needs no reader is answered
        done = self.orp.cii("query", check=False)
        self.assertEqual(done.returncode, 8, done.stderr)
        self.assertIn("too many questions", done.stderr)
        self.orp.cii("status")
        self.assertEqual(len(self.cch.arrived("--case", "Q-1499")), 1)

        # a query whose asker leaves ends; one whose asker reads is whole
        for child in children_of(reader):
            os.kill(child, signal.SIGCONT)
        for program in slow[1:]:
            program.close()
        code, _, rows = slow[0].answer()
        self.assertEqual(code, OK)
        self.assertGreaterEqual(len(rows), len(lines))
        wait_until(lambda: not children_of(reader), what="queries to end")
        self.assertTrue(self.orp.events("--case", "Q-7"))

    def test_a_reader_that_hangs_makes_nobody_wait(self):
        reader = self.orp.pid_of("reader")
        os.kill(reader, signal.SIGSTOP)
        asked = []
        try:
            for number in range(400):
                program = Program(self.orp, "counsellor")
                self.addCleanup(program.close)
                program.ask("query", case="none")
                asked.append(program)
                if number % 100 == 0:
                    self.goes_on()
            self.goes_on()
            self.orp.cii("status")
        finally:
            os.kill(reader, signal.SIGCONT)
        codes = {program.answer()[0] for program in asked}
        self.assertLessEqual(codes, {OK, BUSY})
        self.assertTrue(self.orp.events("--case", "N-1"))

    def test_a_reader_that_dies_is_there_again(self):
        self.orp.kill("reader")
        self.goes_on()
        self.orp.wait_ready()
        self.assertTrue(self.orp.events("--case", "N-1"))

    def test_what_is_no_request_ends_its_own_connection_only(self):
        for rubbish in (struct.pack(">I", 0xffffffff) + b"x" * 100,
                        struct.pack(">I", 8 * MIB + 1),
                        framed(b"\xff" * 64), framed(b""),
                        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
                        request("no-such-verb"), request("send")):
            with self.subTest(rubbish[:24]), \
                    Program(self.orp, "operator") as program:
                program.write(rubbish)
                reply = program.reply()
                self.assertNotEqual(reply.code, OK)
                self.assertTrue(reply.text)
                self.goes_on()
        with Program(self.orp, "operator") as program:
            program.write(struct.pack(">I", 1000) + b"half")
            program.socket.shutdown(socket.SHUT_WR)
            self.assertIsNone(program.reply())
        with Program(self.orp, "operator") as program:
            for byte in request("status"):
                program.write(bytes([byte]))
            self.assertEqual(program.answer()[0], OK)
        self.goes_on()
        self.assertTrue(alive(self.orp.pid_of("core")))


if __name__ == "__main__":
    unittest.main()

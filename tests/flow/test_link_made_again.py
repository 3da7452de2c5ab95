#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# ctest: full
"""A link may be cut and made again ten thousand times under load: no frame of
an older link is taken, nothing grows, and nobody is taken for another.

The core is a true one; the gate before it is this program, since a true one
lets no partner open links that fast (test_partner_that_lies.py). Each link
ends in the middle of what it says; its last frames are still in the core's
queue, or in the socket, when the next link is up. What the core then says that
it wants is the truth: a frame of the old link that it took later would repeat
or skip a place, which it would cut and log.
"""
import os
import pathlib
import socket
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from foreign import (PATIENCE, Foreign, Link, LinkEnded, draft, header_of,
                     id_text, zmtp_frame)
from institutions import BIN, Canton, avs_number, wait_until

UP, DOWN = 1, 2
COUNT = int(os.environ.get("CII_LONG", 10000))
if os.environ.get("CII_QUICK"):
    COUNT = 500
PARTNERS = 16
GROWTH = 24 << 20


def notice(kind, partner, number, reason="", link_id=bytes(32)):
    return (bytes([kind]) + number.to_bytes(8, "big")
            + bytes([len(partner)]) + partner.encode()
            + bytes([len(reason)]) + reason.encode() + link_id)


class Gate:
    """What a gate is to a core: notices, and a local socket for each link."""

    def __init__(self, office):
        self.office = office
        self.folder = office.run_dir / "link"
        self.folder.mkdir(exist_ok=True)
        self.number = 1
        self.notices = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.notices.settimeout(PATIENCE)

        def connect():
            try:
                self.notices.connect(str(office.run_dir / "gate.sock"))
                return True
            except OSError:
                return False
        wait_until(connect, what="the core to listen")

    def offer(self, partner):
        """Says that a new link of this partner is up."""
        link_id = os.urandom(32)
        number, self.number = self.number, self.number + 1
        path = self.folder / f"{partner}.{number}"
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(path))
        listener.listen(1)
        listener.settimeout(PATIENCE)
        self.notices.send(notice(UP, partner, number, link_id=link_id))
        return listener, path, number, link_id

    def take(self, offer):
        """The core has connected to it."""
        listener, path, number, link_id = offer
        local, _ = listener.accept()
        listener.close()
        path.unlink()
        link = Link(local, link_id)
        link.number = number
        return link

    def down(self, partner, link):
        self.notices.send(notice(DOWN, partner, link.number, "cut"))


class LinkMadeAgain(unittest.TestCase):
    def setUp(self):
        self.canton = self.enterContext(Canton())
        self.orp = self.canton.add("ge.orp")
        self.partners = [Foreign(self.canton, f"ge.cch.p{i}")
                         for i in range(PARTNERS)]
        for partner in self.partners:
            self.orp.know(partner, dial=False)
            partner.trust(self.orp)
        self.log = open(self.orp.log, "ab")
        self.children = [
            subprocess.Popen(
                [str(BIN / program), str(self.orp.folder / "ciid.yaml")],
                stdout=self.log, stderr=self.log,
                env={**os.environ, "ASAN_OPTIONS":
                     "detect_leaks=0:quarantine_size_mb=1:"
                     "thread_local_quarantine_size_kb=64"})
            for program in ("ciid-core", "ciid-reader")]
        self.addCleanup(self.stop)
        self.core = self.children[0]
        self.gate = Gate(self.orp)
        wait_until(lambda: self.orp.cii("status", check=False).returncode == 0,
                   what="the core to answer")

    def stop(self):
        for child in reversed(self.children):
            child.terminate()
            child.wait(PATIENCE)
        self.gate.notices.close()
        self.log.close()

    def memory(self):
        rollup = pathlib.Path(f"/proc/{self.core.pid}/smaps_rollup")
        return int(rollup.read_text().split("Pss:")[1].split()[0]) * 1024

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.core.pid}/fd"))

    def greet(self, partner, link):
        """The core's hello says what it has of our stream."""
        frame = partner.next(link)
        self.assertEqual(frame.hello.link_id, link.link_id)
        stored = frame.hello.want.seq - 1
        if stored:
            self.assertEqual(frame.hello.want.chain,
                             partner.out_chain[stored])
        # what it never took was never delivered: its place is free again
        del partner.out[stored:]
        del partner.out_chain[stored + 1:]
        partner.partner = self.orp.name
        if partner.in_stream != frame.hello.stream_id:
            partner.forget_stream()
            partner.in_stream = frame.hello.stream_id
        if partner.in_seq:
            partner.ack(link)

    def speak(self, partner, link, events):
        """Says more than is waited for."""
        for event in events:
            partner.append(partner.frame_of(event))
        link.write(b"".join(zmtp_frame(frame.SerializeToString())
                            for frame in partner.out[-len(events):]))

    def hear(self, partner, link):
        """What came so far."""
        try:
            while True:
                partner.take(link, partner.next(link, 0.0005))
        except (TimeoutError, LinkEnded):
            pass

    def again(self, turn, links, stock):
        """Every partner's link ends, and stands again."""
        offers = []
        for partner, older, events in zip(self.partners, links, stock):
            if older:  # on its way when the next link comes
                self.speak(partner, older, [events[turn % 256]])
                self.gate.down(partner.name, older)
            offers.append(self.gate.offer(partner.name))
        fresh = [self.gate.take(offer) for offer in offers]
        for i, link in enumerate(fresh):  # each says that it is its neighbour
            neighbour = self.partners[i - 1].name
            link.begin(identity=f"{neighbour}/{fresh[i - 1].number}".encode())
            link.send(self.partners[i].hello(link))
        for partner, link, older, events in zip(self.partners, fresh, links,
                                                stock):
            self.greet(partner, link)
            if older:
                self.haunt(partner, older)
            self.speak(partner, link, [events[(turn + 128) % 256]])
            if turn % 16 == 0:
                self.hear(partner, link)
        return fresh

    def haunt(self, partner, older):
        """Says over the older link what would fit the one that stands."""
        frame = partner.frame_of(partner.ghost)
        frame.deliver.seq = len(partner.out) + 1
        try:
            older.send(frame)
        except LinkEnded:
            pass
        older.close()

    def test_no_frame_of_an_older_link_is_taken(self):
        stock = [partner.issue(*(draft(
            "fin-de-droits", case=f"{partner.name}-{i}",
            identity={"avs": avs_number(i % 50)},
            entitlement={"endsOn": "2026-12-31"})
            for i in range(256))) for partner in self.partners]
        for partner in self.partners:
            partner.ghost = partner.issue(draft(
                "fin-de-droits", case="ghost", identity={"avs": avs_number(1)},
                entitlement={"endsOn": "2026-12-31"}))[0]
        current, before = [None] * PARTNERS, None
        for turn in range(COUNT // PARTNERS):
            current = self.again(turn, current, stock)
            if turn == COUNT // PARTNERS // 8:
                before = self.memory(), self.descriptors()

        for place, partner in enumerate(self.partners):
            partner.run(current[place],
                        lambda: partner.acked == len(partner.out))
        self.assertLess(self.memory() - before[0], GROWTH)
        self.assertLessEqual(self.descriptors(), before[1] + 8)
        log = self.orp.log_text()
        self.assertNotIn("link cut", log)
        self.assertEqual(log.count("core: link up"),
                         COUNT // PARTNERS * PARTNERS)

        issued = {id_text(header_of(event).event_id): partner.name
                  for partner, events in zip(self.partners, stock)
                  for event in events}
        rows = self.orp.arrived()
        for row in rows:
            self.assertEqual(row["issuer"], issued.get(row["id"]))
            self.assertNotEqual(row.get("case"), "ghost")
        self.assertEqual(len(rows), len({row["id"] for row in rows}))
        self.assertFalse([row for row in self.orp.ask("refusal", "list")
                          if row.get("reason")])
        for link in current:
            link.close()


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# ctest: full
"""A partner that lies gains nothing: what it says of itself, of its store or
of another's events is cut or refused, said in the log and recorded; none of it
becomes content, nothing grows, and nobody else's link moves.
"""
import copy
import os
import pathlib
import random
import resource
import socket
import ssl
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from foreign import (FRAME_MAX, PATIENCE, ZEROS, Foreign, LinkEnded, content_of,
                     draft, event_pb, greeting, header_of, id_text, link_pb,
                     ready, u64, zmtp_frame)
from institutions import PERSON, Canton, Office, avs_number, wait_until

OURS = {**PERSON, "avs": avs_number(7)}
DATES = {"from": "2026-01-05"}
GROWTH = 64 << 20  # bytes that all processes together may gain in all of this


def registration(**changes):
    return draft("inscription-orp", **{"identity": OURS, "dates": DATES,
                                       **changes})


class Lies(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # freed memory is given back at once, so that growth is growth
        Office.asan_options = ("detect_leaks=0:abort_on_error=0:"
                               "quarantine_size_mb=1:thread_local_quarantine_"
                               "size_kb=64:allocator_release_to_os_interval_ms"
                               "=100")
        cls.canton = cls.enterClassContext(Canton())
        limits = {"window_events": 16, "window_bytes": FRAME_MAX,
                  "handshakes": 64, "handshake_seconds": 3}
        cls.orp = cls.canton.add("ge.orp", limits=limits)
        cls.honest = cls.canton.add("ge.lmmt")
        cls.canton.introduce()
        cls.liar = Foreign(cls.canton, "ge.cch")
        cls.orp.know(cls.liar, dial=False)
        cls.liar.trust(cls.orp, cls.liar)  # it gets its own back
        for office in (cls.orp, cls.honest):
            office.start(wait=False)
        for office in (cls.orp, cls.honest):
            office.wait_ready()
        cls.orp.wait_link("ge.lmmt")
        cls.since = cls.orp.link("ge.lmmt")["since"]
        # one of everything, so that what grows later is growth
        link = cls.liar.dial(cls.orp)
        cls.liar.greet(link, cls.orp)
        cls.liar.deliver(link, *cls.liar.issue(registration(case="true")))
        cls.liar.run(link, lambda: cls.liar.is_receipted(1))
        link.close()
        cls.true_ids = {row["id"] for row in cls.orp.arrived()}
        cls.memory = cls.orp.memory()

    @classmethod
    def tearDownClass(cls):
        del Office.asan_options

    def tearDown(self):
        """Whatever it said: nobody else moved, and nothing of it is here."""
        row = self.orp.link("ge.lmmt")
        self.assertEqual((row["state"], row["since"]), ("up", self.since))
        self.assertEqual({row["id"] for row in self.orp.arrived()
                          if row["issuer"] != "ge.lmmt"}, self.true_ids)
        sent = self.honest.send("inscription-orp", to=["ge.orp"],
                                identity=PERSON, dates=DATES)
        wait_until(lambda: self.orp.arrived("--partner", "ge.lmmt"),
                   what="an honest event to arrive")
        self.assertTrue(sent["id"])
        self.assertLess(self.orp.memory() - self.memory, GROWTH)
        self.assertLess(self.descriptors("gate"), 200)
        self.assertLess(self.descriptors("core"), 100)

    def descriptors(self, child):
        return len(os.listdir(f"/proc/{self.orp.pid_of(child)}/fd"))

    # --- how a lie is told

    def dial(self, **how):
        """A link, as soon as the gate allows us one more."""
        def allowed():
            try:
                return self.liar.dial(self.orp, **how)
            except (LinkEnded, ssl.SSLError, OSError):
                return None
        return wait_until(allowed, what="a link that the gate allows")

    def open(self, greet=True):
        link = self.dial()
        if greet:
            self.liar.greet(link, self.orp)
        else:
            self.liar.hello_came = self.liar.next(link).hello
            self.liar.partner = self.orp.name
            self.liar.in_stream = self.liar.hello_came.stream_id
        return link

    def cut(self, reason, lie, greet=True):
        """The lie ends its link, and the log says why."""
        with self.subTest(reason):
            before = self.orp.log_text().count(reason)
            stored = self.liar.acked
            link = self.open(greet)
            if greet:
                self.settle(link)
            out, chain = list(self.liar.out), list(self.liar.out_chain)
            try:
                lie(link)
            except LinkEnded:
                pass
            self.assertTrue(link.ended(), f"the link stands: {reason}")
            link.close()
            self.assertGreaterEqual(self.liar.acked, stored)
            wait_until(lambda: self.orp.log_text().count(reason) > before,
                       what=f"the log to say: {reason}\n{self.orp.log_tail()}")
            self.liar.out, self.liar.out_chain = out, chain
            lines = [line for line in self.orp.log_text().splitlines()
                     if reason in line and "partner=ge.cch" in line]
            self.assertTrue(lines, f"the line names the partner: {reason}")

    def settle(self, link):
        """Nothing of us is on its way any more."""
        self.liar.run(link, lambda: self.liar.acked == len(self.liar.out))

    # --- hello

    def test_a_hello_that_lies_is_cut(self):
        def lie(**changes):
            return lambda link: link.send(self.liar.hello(link, **changes))

        known = self.liar.out_stream
        for reason, changes in (
                ("hello names another link", {"link_id": os.urandom(32)}),
                ("hello names another institution",
                 {"institution": "ge.lmmt"}),
                ("no version of the protocol in common",
                 {"version_min": 2, "version_max": 9}),
                ("window in events out of range", {"window_events": 0}),
                ("window in events out of range", {"window_events": 65537}),
                ("window in bytes out of range", {"window_bytes": 1000}),
                ("window in bytes out of range", {"window_bytes": 1 << 33}),
                ("hello without a stream", {"stream_id": bytes(16)}),
                ("hello with an impossible range", {"oldest": 0}),
                ("hello with an impossible range", {"oldest": 9, "head": 3}),
                ("hello wants number 0", {"want": link_pb.Position(
                    stream_id=known, seq=0)}),
                ("message Hello, field 6: has the wrong length",
                 {"stream_id": bytes(17)}),
                ("message Hello: institution is none",
                 {"institution": "ge.nobody"}),
                ("message Hello, field 5: occurs too often",
                 {"subscription": ["x"] * 513}),
                ("message Position: chain has the wrong length",
                 {"want": link_pb.Position(stream_id=known, seq=1,
                                           chain=b"x")})):
            self.cut(reason, lie(**changes), greet=False)

    def test_a_hello_of_an_older_link_is_cut(self):
        older = self.dial()
        hello = self.liar.hello(older)
        older.close()
        self.cut("hello names another link", lambda link: link.send(hello),
                 greet=False)

    def test_what_is_said_out_of_turn_is_cut(self):
        event = self.liar.frame_of(self.liar.issue(registration())[0])
        event.deliver.seq = len(self.liar.out) + 1
        self.cut("delivery before hello", lambda link: link.send(event),
                 greet=False)
        self.cut("ack before hello", lambda link: self.liar.ack(link),
                 greet=False)
        self.cut("second hello",
                 lambda link: link.send(self.liar.hello(link)))

    def test_a_store_that_it_never_had_gives_it_nothing_of_others(self):
        """A want from nowhere begins a new stream: with what was for it."""
        link = self.open(greet=False)
        link.send(self.liar.hello(link, want=link_pb.Position(
            stream_id=self.liar.in_stream, seq=1 << 40, chain=os.urandom(32))))
        self.assertTrue(link.ended())
        self.assertIn("restored partner=ge.cch", self.orp.log_text())
        self.liar.forget_stream()
        self.liar.events.clear()
        link = self.open()
        self.settle(link)
        self.assertEqual(self.liar.events, {})
        link.close()

    # --- identity

    def test_the_name_that_it_announces_in_zmtp_is_nobodys(self):
        numbers = [line.split("number=")[1].split()[0]
                   for line in self.orp.log_text().splitlines()
                   if "core: link up partner=ge.lmmt" in line]
        for name in (b"ge.lmmt", f"ge.lmmt/{numbers[-1]}".encode(), b"ge.orp",
                     b"\0abcd", b"x" * 255):
            with self.subTest(name):
                link = self.dial(identity=name)
                self.liar.greet(link, self.orp)
                self.settle(link)
                mine = self.liar.issue(registration(case="as-another"))[0]
                mine.facet[0].salt = os.urandom(32)
                self.liar.deliver(link, mine)
                seq = len(self.liar.out)
                self.liar.run(link, lambda: self.liar.is_receipted(seq))
                self.assertEqual(self.liar.is_receipted(seq), "forged")
                self.assertEqual(self.last_refusal()["discloser"], "ge.cch")
                link.close()
                row = self.orp.link("ge.lmmt")
                self.assertEqual((row["state"], row["since"]),
                                 ("up", self.since))

    # --- acks and credit

    def test_an_ack_that_lies_is_cut_and_lets_go_of_nothing(self):
        liar = self.liar
        self.orp.send("inscription-orp", to=["ge.cch"], identity=PERSON,
                      dates=DATES)
        liar.silent = True
        link = self.open()
        liar.run(link, lambda: liar.events)
        link.close()
        self.addCleanup(setattr, liar, "silent", False)
        backlog = self.orp.link("ge.cch")["backlog"]
        self.assertGreaterEqual(int(backlog), 1)

        def lie(**changes):
            return lambda link: (liar.run(link, lambda: liar.in_seq > 0),
                                 liar.ack(link, **changes))

        other = Foreign(self.canton, "ge.oai")
        last = liar.in_seq
        for reason, changes in (
                ("ack with a wrong signature", {"signature": bytes(64)}),
                ("ack with a wrong signature", {"signer": other}),
                ("ack for another stream", {"stream_id": os.urandom(16)}),
                ("ack for what was not sent", {"up_to": last + 5}),
                ("ack with another chain", {"chain": os.urandom(32)})):
            # every link delivers it again, since it was not acked
            liar.forget_stream()
            liar.in_stream = b""
            self.cut(reason, lie(**changes))
            self.assertEqual(self.orp.link("ge.cch")["backlog"], backlog)
        liar.forget_stream()
        liar.silent = False
        link = self.open()
        liar.run(link, lambda: self.orp.link("ge.cch")["backlog"]
                 in (0, "0"))
        link.close()
        self.cut("ack goes backwards", lambda link: liar.ack(
            link, up_to=0, chain=ZEROS))

    def test_repeated_skipped_and_uncredited_deliveries_are_cut(self):
        liar = self.liar
        self.cut("delivery repeated",
                 lambda link: link.send(liar.out[-1]))

        def skip(link):
            frame = liar.frame_of(self.forged())
            frame.deliver.seq = len(liar.out) + 2
            link.send(frame)
        self.cut("delivery out of order", skip)

        def reorder(link):
            frames = []
            for i in (2, 1):
                frame = liar.frame_of(self.forged())
                frame.deliver.seq = len(liar.out) + i
                frames.append(frame)
            for frame in frames:
                link.send(frame)
        self.cut("delivery out of order", reorder)

        self.cut("more deliveries than our credit",
                 lambda link: self.overrun(link, 3000, b""))
        self.resume()
        self.cut("more bytes than our credit",
                 lambda link: self.overrun(link, 15, os.urandom(200000)))
        self.resume()

    def overrun(self, link, count, filler):
        """So many at once that the credit does not reach: until it is cut."""
        frame = self.liar.frame_of(self.forged(filler))
        seq = len(self.liar.out)
        while True:
            burst = []
            for _ in range(count):
                seq += 1
                frame.deliver.seq = seq
                burst.append(zmtp_frame(frame.SerializeToString()))
            link.write(b"".join(burst))
            if filler:  # let acks through: only what flies at once counts
                time.sleep(0.2)

    def forged(self, filler=b""):
        event = self.liar.issue(draft("inscription-orp", identity=filler
                                      or OURS))[0]
        event.proof.signature = bytes(64)
        return event

    def resume(self):
        """Goes on in a new stream: of the old one more was stored than it
        remembers."""
        self.liar.out = []
        self.liar.begin_stream()

    # --- events

    def last_refusal(self):
        rows = self.orp.ask("refusal", "list", "--limit", "1000000")
        rows = [row for row in rows if row.get("reason")]
        return max(rows, key=lambda row: row["at"]) if rows else None

    def test_events_that_lie_are_refused_recorded_and_never_content(self):
        liar = self.liar
        whole = liar.issue(registration(case="lie"), registration(case="two"))

        def changed(**facets):
            return liar.issue(registration(**facets))[0]

        def header(**changes):
            event = copy.deepcopy(whole[0])
            made = header_of(event)
            for name, value in changes.items():
                setattr(made, name, value)
            event.header = made.SerializeToString()
            return event

        def proof(**changes):
            event = copy.deepcopy(whole[0])
            for name, value in changes.items():
                setattr(event.proof, name, value)
            return event

        def facet(change):
            event = copy.deepcopy(whole[0])
            change(event.facet)
            return event

        # the honest partner's own event, as the office has it
        theirs = self.disclosed_by_honest()
        borrowed = copy.deepcopy(whole[0])
        borrowed.proof.CopyFrom(theirs.proof)
        as_theirs = liar.issue(draft("inscription-orp", issuer="ge.lmmt",
                                     identity=OURS, dates=DATES))[0]
        as_ours = liar.issue(draft("inscription-orp", issuer="ge.orp",
                                   identity=OURS, dates=DATES))[0]
        as_nobody = liar.issue(draft("inscription-orp", issuer="vs.oai",
                                     identity=OURS, dates=DATES))[0]
        key_of_theirs = copy.deepcopy(as_theirs)
        key_of_theirs.proof.key_id = theirs.proof.key_id
        root_of_theirs = copy.deepcopy(as_theirs)
        root_of_theirs.proof.CopyFrom(theirs.proof)
        true_id = bytes.fromhex(next(iter(self.true_ids)).replace("-", ""))
        swapped = copy.deepcopy(whole[0])
        swapped.proof.CopyFrom(whole[1].proof)
        told = []
        link = self.open()
        self.settle(link)

        for label, event, reason in (
                ("a signature of zeros", proof(signature=bytes(64)), "forged"),
                ("one bit of the signature",
                 proof(signature=flip(whole[0].proof.signature)), "forged"),
                ("a path of another leaf", swapped, "forged"),
                ("a size that is another", proof(size=3), "forged"),
                ("another case", header(case_ref="other"), "forged"),
                ("no test", header(test=False), "forged"),
                ("another day", header(occurred_on="2025-01-05"), "forged"),
                ("another's key", as_theirs, "forged"),
                ("another's key id", key_of_theirs, "forged"),
                ("another's root", root_of_theirs, "forged"),
                ("another's root for ours", borrowed, "forged"),
                ("in the name of who receives it", as_ours, "forged"),
                ("in the name of nobody", as_nobody, "forged"),
                ("another content", facet(lambda f: setattr(
                    f[0], "content", content_of({"avs": avs_number(8)}))),
                 "forged"),
                ("another salt", facet(lambda f: setattr(
                    f[0], "salt", bytes(32))), "forged"),
                ("facets that changed places", facet(exchange), "forged"),
                ("a facet that no rule opens", changed(
                    language={"french": "b1"}), "wider-than-rule"),
                ("a type that no rule lets it send", liar.issue(draft(
                    "demande-ai", identity=OURS,
                    state={"procedure": "demande"}))[0], "no-rule"),
                ("real, in a pilot", liar.issue(draft(
                    "inscription-orp", test=False, identity=OURS,
                    dates=DATES))[0], "profile"),
                ("a type that is none", liar.issue(draft(
                    "inscription-xxx", identity=OURS))[0],
                 "not-in-catalogue"),
                ("a facet that is none", changed(
                    diagnosis={"text": "x"}), "not-in-catalogue"),
                ("a facet that its type has not", changed(
                    permit={"permit": "F"}), "not-in-catalogue"),
                ("a field that is none", changed(
                    dates={"from": "2026-01-05", "diagnosis": "x"}),
                 "not-in-catalogue"),
                ("a value that is none", changed(
                    dates={"from": "yesterday"}), "not-in-catalogue"),
                ("a person without a number", changed(
                    identity={"officialName": "X"}), "no-person"),
                ("a person of nothing", changed(identity={}), "no-person"),
                ("bytes for a facet", changed(identity=os.urandom(99)),
                 "not-in-catalogue"),
                ("an id that is known", liar.issue(draft(
                    "inscription-orp", event_id=true_id, identity=OURS,
                    dates=DATES))[0], "conflict")):
            told.append((label, len(liar.out) + 1, event, reason))
            liar.deliver(link, event)
            self.settle(link)
        liar.run(link, lambda: liar.is_receipted(len(liar.out)))
        link.close()
        rows = [(row["id"], row["discloser"], row["reason"]) for row in
                self.orp.ask("refusal", "list", "--limit", "1000000")
                if "reason" in row]
        for label, seq, event, reason in told:
            with self.subTest(label):
                self.assertEqual(liar.is_receipted(seq), reason)
                self.assertIn((id_text(header_of(event).event_id), "ge.cch",
                               reason), rows, "it is recorded")
        self.assertNotIn("Exemple", str(rows))

    def disclosed_by_honest(self):
        """An event of the honest partner, as it goes to us too."""
        self.honest.know(self.liar, dial=False)
        other = Foreign(self.canton, "ge.cch.ear")
        self.addCleanup(other.close)
        self.honest.know(other, dial=False)
        self.honest.stop()
        self.honest.start()
        self.orp.wait_link("ge.lmmt")
        type(self).since = self.orp.link("ge.lmmt")["since"]
        other.trust(self.honest)
        link = other.dial(self.honest)
        other.greet(link, self.honest)
        self.honest.send("inscription-orp", to=["ge.cch.ear"],
                         identity=PERSON, dates=DATES)
        other.run(link, lambda: other.events)
        link.close()
        return next(iter(other.events.values()))

    def test_receipts_that_lie_are_refused_and_hurt_nobody(self):
        liar = self.liar
        link = self.open()
        self.settle(link)
        for label, receipt in (
                ("number 0", liar.receipt(0, 0)),
                ("backwards", liar.receipt(5, 1)),
                ("of another stream", liar.receipt(
                    1, 1, stream=os.urandom(16))),
                ("of what was never sent", liar.receipt(1, 1 << 62)),
                ("of an event that is none", liar.receipt(
                    1, liar.in_seq, [event_pb.Refusal(
                        seq=1, event_id=header_of(liar.issue(
                            registration())[0]).event_id, reason="x")])),
                ("bytes", liar.issue(draft("recu", outcome=os.urandom(99)))[0]),
                ("empty", liar.issue(draft("recu", outcome=b""))[0]),
                ("without a facet", liar.issue(draft("recu"))[0])):
            with self.subTest(label):
                core = self.orp.pid_of("core")
                liar.deliver(link, receipt)
                liar.run(link, lambda: liar.acked == len(liar.out))
                self.assertEqual(self.orp.pid_of("core"), core)
        event = self.orp.send("inscription-orp", to=["ge.cch"],
                              identity=PERSON, dates=DATES)["id"]
        liar.run(link, lambda: id_text(list(liar.events)[-1:][0]) == event
                 if liar.events else False)
        self.orp.wait_drained("ge.cch")
        self.assertNotIn("accepted", {
            row.get("state") for row in self.orp.ask("show", event)
            if row.get("partner") == "ge.cch"})
        link.close()

    # --- bytes

    def test_frames_that_are_none_are_cut(self):
        rng = random.Random(1)
        event = self.liar.issue(registration())[0]
        deliver = self.liar.frame_of(event)
        deliver.deliver.seq = len(self.liar.out) + 1
        packed = deliver.SerializeToString()
        two = packed + link_pb.Frame(ack=link_pb.Ack(
            stream_id=self.liar.in_stream or bytes(16), up_to=1, chain=ZEROS,
            signature=bytes(64))).SerializeToString()
        header = copy.deepcopy(deliver)
        header.deliver.event.header += b"\x78\x01"  # field 15
        missing = copy.deepcopy(deliver)
        missing.deliver.event.ClearField("proof")
        slots = copy.deepcopy(deliver)
        for facet in slots.deliver.event.facet:
            facet.slot = 3
        for reason, data in (
                ("message Frame", b"\xff" * 40),
                ("message Frame", rng.randbytes(300)),
                ("message Frame has no field 9", b"\x4a\x00"),
                ("message Frame does not hold exactly one body", two),
                ("is cut off", packed[:-7]),
                ("message Header has no field 15",
                 header.SerializeToString()),
                ("message SignedEvent, field 2: is missing",
                 missing.SerializeToString()),
                ("slots are not in order", slots.SerializeToString())):
            self.cut(reason, lambda link, data=data: link.send(data))

    def test_zmtp_that_is_none_is_cut(self):
        self.cut("several frames", lambda link: [link.write(
            zmtp_frame(b"x" * 200, flags=1)) for _ in range(100000)])
        self.cut("too large", lambda link: link.write(
            b"\x02" + u64(1 << 40) + bytes(1000)))
        self.cut("too large", lambda link: link.write(
            b"\x02" + u64(FRAME_MAX + 1) + bytes(1000)))
        self.cut("command after READY", lambda link: link.write(
            b"\x04\x07\x04PING\0\0"))
        self.cut("flags that are not known", lambda link: link.write(
            b"\x80\x01x"))
        self.cut("an empty ZMTP frame", lambda link: link.write(b"\0\0"))

    def test_openings_that_are_none_are_cut(self):
        def begin(*data):
            def lie():
                link = self.liar.tls(self.orp).preamble()
                try:
                    for part in data:
                        link.write(part)
                except LinkEnded:
                    pass
                return link
            return lie

        def byte():
            link = self.liar.tls(self.orp)
            link.write(b"\x02")
            return link

        for reason, lie in (
                ("a wrong byte after the handshake", byte),
                ("not a ZMTP greeting", begin(os.urandom(4000))),
                ("not a ZMTP greeting", begin(b"GET / HTTP/1.1\r\n\r\n")),
                ("ZMTP older than 3.0", begin(greeting(major=2))),
                ("mechanism other than NULL", begin(greeting(b"PLAIN"))),
                ("socket type other than", begin(
                    greeting(), ready(b"SUB"))),
                ("READY that is not well formed", begin(
                    greeting(), b"\x04\x09\x05READY\x0bSo")),
                ("frame before READY", begin(greeting(), zmtp_frame(b"x"))),
                ("no ZMTP in time", begin(greeting()[:40])),
                ("no handshake in time", lambda: self.liar.tls(self.orp))):
            with self.subTest(reason):
                before = self.orp.log_text().count(reason)
                link = lie()
                self.assertTrue(link.ended())
                link.close()
                wait_until(lambda: self.orp.log_text().count(reason) > before,
                           what=f"the log: {reason}\n{self.orp.log_tail()}")

    # --- many

    def test_ten_thousand_half_open_connections_shut_nobody_out(self):
        count = int(os.environ.get("CII_LONG", 10000))
        if os.environ.get("CII_QUICK"):
            count = 500
        hold = min(400, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)
        half_open = []
        most = 0
        hello = client_hello()
        for i in range(count):
            plain = socket.create_connection(("127.0.0.1", self.orp.port),
                                             PATIENCE)
            plain.send(hello[:(i % 3) * 60] or b"")
            half_open.append(plain)
            if len(half_open) > hold:
                half_open.pop(0).close()
            if i % 500 == 0:
                most = max(most, self.descriptors("gate"))
        most = max(most, self.descriptors("gate"))
        self.assertLess(most, 64 + 64 + 64)
        link = self.open()
        self.settle(link)
        link.close()
        for plain in half_open:
            plain.close()
        self.assertIn("too many handshakes that nobody finishes",
                      self.orp.log_text())

    def test_a_partner_that_comes_again_and_again_is_slowed_down(self):
        reason = "opens links too often"
        for _ in range(200):
            try:
                link = self.liar.tls(self.orp)
                link.preamble()
                link.close()
            except (LinkEnded, ssl.SSLError, OSError):
                pass
            if reason in self.orp.log_text():
                break
        self.assertIn(reason, self.orp.log_text())
        self.open().close()  # its allowance comes back


def flip(data):
    return bytes([data[0] ^ 1]) + data[1:]


def exchange(facets):
    facets[0].slot, facets[1].slot = facets[0].slot, facets[1].slot
    first, second = facets[0].content, facets[1].content
    facets[0].content, facets[1].content = second, first


def client_hello():
    """What a TLS client says first."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    session = context.wrap_bio(incoming, outgoing)
    try:
        session.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


if __name__ == "__main__":
    unittest.main()

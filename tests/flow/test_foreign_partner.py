#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# ctest: full
"""Somebody who has only docs/wire.md can write a partner: a Python program
that shares no code with the daemon links up with it in both directions, checks
every signature, digest and chain that comes, and issues what the daemon
accepts and shows.
"""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from foreign import Foreign, LinkEnded, draft, fields_of, header_of, id_text
from institutions import PERSON, Canton, avs_number

DATES = {"from": "2026-01-05"}
RIGHT = {"endsOn": "2026-12-31", "cause": "quota"}


OURS = {**PERSON, "avs": avs_number(99)}


def registration(**changes):
    return draft("inscription-orp", **{"identity": OURS, "dates": DATES,
                                       **changes})


class ForeignPartner(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.canton = cls.enterClassContext(Canton())
        cls.orp = cls.canton.add("ge.orp")
        cls.partners = {}
        for name in ("ge.cch", "ge.cch.zmq", "ge.cch.void", "ge.cch.back",
                     "ge.cch.cut"):
            cls.partners[name] = Foreign(cls.canton, name)
        cls.partners["ge.lmmt"] = Foreign(cls.canton, "ge.lmmt")
        for name, partner in cls.partners.items():
            cls.orp.know(partner, dial=name == "ge.lmmt")
            partner.trust(cls.orp)
        cls.partners["ge.lmmt"].listen()
        cls.addClassCleanup(cls.partners["ge.lmmt"].close)
        cls.orp.start()

    def open(self, name, **how):
        """A partner with a link that has said hello."""
        partner = self.partners[name]
        link = partner.dial(self.orp, **how)
        self.addCleanup(link.close)
        partner.greet(link, self.orp)
        return partner, link

    def send(self, to, **facets):
        row = self.orp.send("inscription-orp", to=[to],
                            **{"identity": PERSON, "dates": DATES, **facets})
        return row["id"]

    def state(self, event, partner):
        return {row["state"] for row in self.orp.ask("show", event)
                if row.get("partner") == partner and "state" in row}

    def test_takes_what_is_disclosed_to_it_and_acknowledges(self):
        cch, link = self.open("ge.cch")
        event = self.send("ge.cch", contact={"phone": "022 000 00 00"},
                          language={"french": "b1"})
        cch.run(link, lambda: any(id_text(i) == event for i in cch.events))
        signed = cch.events[bytes.fromhex(event.replace("-", ""))]
        header = header_of(signed)
        self.assertEqual((header.issuer, header.event_type, header.test),
                         ("ge.orp", "inscription-orp", True))
        came = fields_of(signed)
        self.assertEqual(came["identity"]["officialName"], "Exemple")
        self.assertEqual(came["contact"], {"phone": "022 000 00 00"})
        self.assertNotIn("language", came, "no rule opens it")
        self.assertGreater(len(header.digest), len(came))
        self.orp.wait_drained("ge.cch")
        self.assertIn("stored", self.state(event, "ge.cch"))

        cch.deliver(link, cch.receipt(1, cch.in_seq))
        cch.run(link, lambda: cch.acked == len(cch.out))
        self.assertIn("accepted", self.state(event, "ge.cch"))

    def test_issues_what_is_stored_shown_and_receipted(self):
        cch, link = self.open("ge.cch.zmq", real_zmq=True)
        batch = cch.issue(*(draft("fin-de-droits", case=f"zmq-{i}",
                                  identity={"avs": avs_number(i)},
                                  entitlement=RIGHT) for i in range(1, 8)))
        # a relay may leave facets out, and what is left still verifies
        del batch[6].facet[0 if batch[6].facet[0].kind != "identity" else 1]
        cch.deliver(link, *batch)
        cch.run(link, lambda: cch.acked == 7 and cch.is_receipted(7))
        self.assertEqual({cch.is_receipted(i) for i in range(1, 8)},
                         {"accepted"})
        rows = {row["id"]: row for row in self.orp.arrived()
                if row["issuer"] == "ge.cch.zmq"}
        self.assertEqual(set(rows), {id_text(header_of(e).event_id)
                                     for e in batch})
        first = rows[id_text(header_of(batch[0]).event_id)]
        self.assertEqual(first["type"], "fin-de-droits")
        self.assertEqual(first["case"], "zmq-1")
        self.assertEqual(first["entitlement"]["endsOn"], "2026-12-31")
        self.assertEqual(first["identity"]["avs"].replace(".", ""),
                         avs_number(1))

    def test_is_dialled(self):
        lmmt = self.partners["ge.lmmt"]
        link = lmmt.answer(self.orp)
        self.addCleanup(link.close)
        lmmt.greet(link, self.orp)
        event = self.send("ge.lmmt")
        lmmt.deliver(link, *lmmt.issue(registration(case="dialled")))
        lmmt.run(link, lambda: lmmt.is_receipted(1) and lmmt.events)
        self.assertEqual([id_text(i) for i in lmmt.events], [event])
        self.assertEqual(lmmt.is_receipted(1), "accepted")

    def test_gets_a_void_for_what_it_does_not_want(self):
        cch = self.partners["ge.cch.void"]
        link = cch.dial(self.orp)
        self.addCleanup(link.close)
        cch.greet(link, self.orp, subscription=["fin-de-droits"])
        self.send("ge.cch.void")
        wanted = self.orp.send("fin-de-droits", to=["ge.cch.void"],
                               identity=PERSON, entitlement=RIGHT)["id"]
        cch.run(link, lambda: cch.in_seq == 2)
        self.assertEqual([id_text(i) for i in cch.events], [wanted])
        self.orp.wait_drained("ge.cch.void")

    def test_gets_again_what_it_did_not_acknowledge(self):
        cch, link = self.open("ge.cch.cut")
        cch.silent = True
        first = self.send("ge.cch.cut")
        cch.run(link, lambda: cch.in_seq == 1)
        link.close()
        cch.forget_stream()
        cch.events.clear()
        self.orp.wait_link("ge.cch.cut", "down")
        second = self.send("ge.cch.cut")

        cch.silent = False
        cch, link = self.open("ge.cch.cut")
        cch.run(link, lambda: cch.in_seq == 2)
        self.assertEqual({id_text(i) for i in cch.events}, {first, second})
        self.orp.wait_drained("ge.cch.cut")

    def test_is_known_again_when_either_store_was_restored(self):
        cch, link = self.open("ge.cch.back")
        ours = [self.send("ge.cch.back") for _ in range(3)]
        cch.deliver(link, *cch.issue(registration(), registration()))
        cch.run(link, lambda: len(cch.events) == 3 and cch.is_receipted(2))
        self.orp.wait_drained("ge.cch.back")
        link.close()

        # it has lost the last delivery that it acknowledged
        del cch.in_chain[-1]
        lost = cch.in_seq + 1
        cch, link = self.open("ge.cch.back")
        cch.run(link, lambda: cch.in_seq >= lost)
        link.close()

        # it is another store: the daemon begins a new stream, and everything
        # that it still has comes again with the same bytes
        before, old = dict(cch.events), cch.in_stream
        cch.in_chain[-1] = bytes(range(32))
        link = cch.dial(self.orp)
        link.send(cch.hello(link))
        with self.assertRaises(LinkEnded):
            while True:
                link.receive()
        link.close()
        cch.events.clear()
        cch, link = self.open("ge.cch.back")
        self.assertNotEqual(cch.in_stream, old)
        cch.run(link, lambda: len(cch.events) == 3)
        self.assertEqual(cch.events, before)
        self.assertEqual({id_text(i) for i in cch.events}, set(ours))
        self.assertIn("restored partner=ge.cch.back", self.orp.log_text())
        link.close()

        # it has lost everything: it gets its own events back
        lost = {leaf.deliver.event.header for leaf in cch.out}
        cch.out = []
        cch.begin_stream()
        cch.forget_stream()
        cch.trust(cch)
        cch.events.clear()
        link = cch.dial(self.orp)
        self.addCleanup(link.close)
        link.send(cch.hello(link))
        try:
            cch.greeted(link, self.orp, cch.next(link).hello)
            cch.run(link, lambda: len(cch.events) == 5)
        except LinkEnded:  # a new stream once more, since it had acked this one
            cch.forget_stream()
            cch, link = self.open("ge.cch.back")
            cch.run(link, lambda: len(cch.events) == 5)
        own = {e.header for e in cch.events.values()
               if header_of(e).issuer == cch.name}
        self.assertEqual(own, lost)


if __name__ == "__main__":
    unittest.main()

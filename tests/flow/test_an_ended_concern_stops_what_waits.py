#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# ctest: quick
"""What waits for a partner does not leave when the dossier no longer names it.

The partner is away; an event is stated and waits for it because the dossier
says that it is concerned. Before it is back, the dossier says so no longer:
the place in the stream becomes void, and the sender can see that it did.
"""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from institutions import AVS, PERSON, Canton  # noqa: E402


class AnEndedConcern(unittest.TestCase):
    def test_stops_what_waits(self):
        with Canton(competent=False) as canton:
            orp, cch = canton.open("ge.orp", "ge.cch")
            orp.cii("dossier", "open", "--avs", AVS, "--case", "GE-1",
                    "--concerned", "ge.cch")
            cch.stop()
            orp.wait_link("ge.cch", "down")
            waits = orp.send("inscription-orp", identity=PERSON,
                             dates={"from": "2026-01-05"})
            self.assertEqual(waits["verdicts"][0]["verdict"], "transmit")

            orp.cii("dossier", "concern", "--avs", AVS, "--remove", "ge.cch")
            cch.start()
            orp.wait_link("ge.cch")
            orp.wait_drained("ge.cch")

            self.assertEqual(cch.arrived(), [])
            rows = orp.ask("show", waits["id"])
            self.assertIn("void", [row.get("state") for row in rows])
            self.assertIn("not-concerned",
                          [row.get("ground") for row in rows])

            orp.cii("dossier", "concern", "--avs", AVS, "--add", "ge.cch")
            orp.send("mesure", identity=PERSON, plan={"goal": "emploi"})
            orp.wait_drained("ge.cch")
            self.assertEqual([row["type"] for row in cch.arrived()],
                             ["inscription-orp", "mesure"],
                             "what was stopped is judged again")


if __name__ == "__main__":
    unittest.main()

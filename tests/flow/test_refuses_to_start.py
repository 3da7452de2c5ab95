#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# ctest: full
"""What is not as it must be is said at the start, with file, line and remedy,
and nothing runs: a second daemon on one store, a key that is missing or open to
others, an unknown word. What runs stops when it is told to, and nothing of it
outlives a supervisor that was killed.
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import os
import shutil
import signal
import subprocess
import unittest

from institutions import (BIN, CHILDREN, CONFIG, PERSON, SANITIZER, Canton,
                          alive, wait_until)


def run(office, *words, seconds=60):
    """`ciid` until it ends by itself; (exit status, what it said)."""
    done = subprocess.run(
        [str(BIN / "ciid"), *words, str(office.folder / "ciid.yaml")],
        capture_output=True, text=True, timeout=seconds,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
    said = done.stdout + done.stderr
    assert not SANITIZER.search(said), said
    return done.returncode, said


class RefusesToStart(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.canton = cls.enterClassContext(Canton())
        cls.orp, cls.cch = cls.canton.open("ge.orp", "ge.cch")

    def setUp(self):
        self.office = self.canton.offices.get("ge.oai") or self.make()

    def make(self):
        office = self.canton.add("ge.oai")
        office.know(self.orp)
        return office

    def refuses(self, *words, check=True):
        """ciid ends with 1 and a message that holds these words."""
        checks = [(), ("--check",)] if check else [()]
        for flags in checks:
            with self.subTest(words=words, flags=flags):
                status, said = run(self.office, *flags)
                self.assertEqual(status, 1, said)
                errors = "\n".join(line for line in said.splitlines()
                                   if line.startswith("<3>"))
                for word in words:
                    self.assertIn(str(word), errors)
                self.assertNotIn("all ready", said)

    def test_a_second_daemon_on_one_store(self):
        before = [self.orp.pid_of(child) for child in CHILDREN]
        link = self.orp.link("ge.cch")
        status, said = run(self.orp)
        self.assertEqual(status, 1)
        self.assertIn(str(self.orp.folder / "state"), said)
        self.assertIn("another ciid has this store; stop it first", said)
        # and the first has not felt it
        self.assertEqual([self.orp.pid_of(child) for child in CHILDREN], before)
        self.assertEqual(self.orp.link("ge.cch")["since"], link["since"])
        self.orp.send("inscription-orp", to=["ge.cch"], identity=PERSON,
                      dates={"from": "2026-01-05"})
        self.orp.wait_drained("ge.cch")
        self.assertTrue(self.orp.events())

    def test_a_key_that_is_missing_or_open_to_others(self):
        keys = self.office.folder / "keys"
        # the gate reads its key itself: `ciid --check` does not
        for name, check in (("master-key", True), ("signing-key.pem", True),
                            ("tls-key.pem", False)):
            path = keys / name
            os.chmod(path, 0o640)
            self.refuses(path, "0640", f"chmod 0600 {path}", check=check)
            os.chmod(path, 0o600)
            path.rename(keys / "away")
            self.refuses(path, "does not exist", check=check)
            (keys / "away").rename(path)

    def test_a_key_that_is_none(self):
        keys = self.office.folder / "keys"
        for name, text, words in (
                ("master-key", "short", ("32 bytes", "not 5")),
                ("signing-key.pem", "no key", ("signing-key.pem",))):
            path = keys / name
            kept = path.read_bytes()
            path.write_text(text)
            self.refuses(path, *words)
            path.write_bytes(kept)

    def test_a_store_of_another_key(self):
        """A store that its master key does not open is not written to."""
        other = self.canton.add("ge.as.hg")
        other.start()
        other.send("ouverture-as", identity=PERSON,
                   dates={"from": "2026-01-05"})
        other.stop()
        key = other.folder / "keys" / "master-key"
        kept = key.read_bytes()
        key.write_bytes(bytes(32))
        status, said = run(other)
        self.assertEqual(status, 1, said)
        self.assertRegex(said, f"<3>core: .*{other.folder}/state.*{key}")
        key.write_bytes(kept)
        other.start()
        self.assertEqual(len(other.events("--avs", PERSON["avs"])), 1)

    def test_a_folder_that_is_open_to_others(self):
        state = self.office.folder / "state"
        os.chmod(state, 0o750)
        self.refuses(state, "chmod 700", check=False)
        os.chmod(state, 0o700)

    def test_an_unknown_word_in_any_file(self):
        config = self.office.folder / "ciid.yaml"
        good = config.read_text()
        rules = self.office.folder / "rules"
        shutil.copytree(CONFIG / "rules", rules)
        lines = good.count("\n") + 1
        for text, words in (
                (good + "intitution: x\n",
                 (f"{config}:{lines}: unknown key 'intitution'",
                  "did you mean 'institution'?")),
                (good.replace('"pilot"', '"pilt"'),
                 (f"{config}:3: profile: 'pilt'", "did you mean 'pilot'?")),
                (good + "limits:\n  queries: 0\n",
                 (f"{config}:{lines + 1}: queries: '0'", "1 to 1000")),
                (good.replace('institution: "ge.oai"\n', ""),
                 (config, "institution")),
                (good + "limits:\n  - 1\n", (f"{config}:{lines + 1}",)),
                (good + "limits: {queries: 1\n", (config,))):
            config.write_text(text)
            self.refuses(*words)
        config.write_text(good)

        self.office.write_config(rules=str(rules))
        law = rules / "federal" / "lai.yaml"
        kept = law.read_text()
        for text, words in (
                (kept + "rulez:\n",
                 (f"{law}:{kept.count(chr(10)) + 1}: unknown key 'rulez'",
                  "did you mean 'rules'?")),
                (kept.replace("lane: release", "lane: relase", 1),
                 (f"{law}:12: lane", "did you mean 'release'?")),
                (kept.replace("[identity, contact, report, certificate]",
                              "[identity, contract, report]", 1),
                 (law, "'contact'")),
                (kept.replace("events: [detection-precoce]",
                              "events: [detection-preoce]", 1),
                 (law, "'detection-precoce'"))):
            law.write_text(text)
            self.refuses(*words)
        self.office.write_config(rules=str(CONFIG / "rules"))

        partner = self.office.folder / "partners" / "ge.orp.yaml"
        kept = partner.read_text()
        partner.write_text(kept + "adress: 127.0.0.1:1\n")
        self.refuses(f"{partner}:{kept.count(chr(10)) + 1}",
                     "did you mean 'address'?")
        partner.write_text(kept)
        self.assertEqual(run(self.office, "--check")[0], 0)

    def test_a_file_that_is_not_there(self):
        status, said = run(self.office, "--check")
        self.assertEqual((status, "well formed" in said), (0, True), said)
        for key in ("rules", "facets", "event_types", "partners"):
            path = self.office.folder / "nowhere"
            self.office.write_config(**{key: str(path)})
            self.refuses(path)
            self.office.write_config(**{key: None})
            del self.office.settings[key]
        self.office.write_config()
        done = subprocess.run([str(BIN / "ciid"), "/nowhere/ciid.yaml"],
                              capture_output=True, text=True, timeout=30)
        self.assertEqual(done.returncode, 1)
        self.assertIn("/nowhere/ciid.yaml", done.stderr)

    def test_a_port_that_is_taken(self):
        self.office.write_config(listen=f"127.0.0.1:{self.orp.port}")
        self.refuses(f"127.0.0.1:{self.orp.port}", "already in use",
                     check=False)
        del self.office.settings["listen"]
        self.office.write_config()

    def test_stops_when_it_is_told_to(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            self.office.start()
            pids = [self.office.pid_of(child) for child in CHILDREN]
            supervisor = self.office.process
            self.office.send("etat-procedure", identity=PERSON,
                             state={"procedure": "demande"}, case=f"S{number}")
            supervisor.send_signal(number)
            self.assertEqual(supervisor.wait(30), 0)
            self.assertFalse([pid for pid in pids if alive(pid)])
            self.assertNotIn("killing what has not stopped",
                             self.office.log_text())
            self.office.process = None
        self.office.start()
        self.assertEqual([row["case"] for row in self.office.events()],
                         ["S15", "S2"], "what was acknowledged is there")
        self.office.stop()

    def test_dies_with_its_supervisor_and_comes_back(self):
        self.office.start()
        pids = [self.office.pid_of(child) for child in CHILDREN]
        self.office.process.kill()
        self.office.process.wait()
        wait_until(lambda: not any(alive(pid) for pid in pids),
                   what="all to die with the supervisor")
        self.office.start()
        # what ended after the start is started again
        for child in CHILDREN:
            pid = self.office.pid_of(child)
            os.kill(pid, signal.SIGKILL)
            wait_until(lambda: self.office.pid_of(child) not in (None, pid),
                       what=f"{child} to be started again")
        self.office.wait_ready()
        self.office.stop()


if __name__ == "__main__":
    unittest.main()

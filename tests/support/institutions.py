# SPDX-License-Identifier: Apache-2.0
"""Real institutions for tests and the demonstration.

A Canton is a folder with a pilot PKI and offices in it; each Office is a real
`ciid` with its own processes, files and port on loopback, driven through
`cii`. Nothing of the daemon is linked or imported: what is checked here is
checked from outside.

    with Canton() as canton:
        orp, cch = canton.open("ge.orp", "ge.cch")
        orp.send("inscription-orp", to=["ge.cch"], identity={...})
        cch.wait_for(lambda: cch.events())
"""

import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("CII_BIN", ROOT / "build/dev/bin"))
CONFIG = ROOT / "config"

AVS = "756.9217.0769.85"
PERSON = {
    "avs": AVS,
    "officialName": "Exemple",
    "firstName": "Bernard",
    "dateOfBirth": "1990-03-14",
}
SANITIZER = re.compile(r"(Address|Leak|UndefinedBehavior)Sanitizer|runtime error:")
CHILDREN = ("core", "gate", "reader")


def avs_number(index):
    """The index-th AVS number of a sequence, with its check digit."""
    digits = f"756{index:09d}"
    total = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits))
    return digits + str((10 - total % 10) % 10)


def free_port():
    """A port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, seconds=30, what="a condition"):
    """Waits for a condition; returns what it gave. Bounded, never timed."""
    end = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s for {what}")
        time.sleep(0.02)


class CiiError(AssertionError):
    """A command of `cii` that did not end as expected."""


class Office:
    """One institution: its files, its daemon, its `cii`."""

    asan_options = "detect_leaks=0:abort_on_error=0"

    def __init__(self, canton, name):
        self.canton = canton
        self.name = name
        self.folder = canton.folder / name
        self.run_dir = canton.folder / ("r" + str(len(canton.offices)))
        self.port = free_port()
        self.process = None
        self.log = self.folder / "log"
        self.settings = {}
        self.starts = 0

    # --- files -------------------------------------------------------------

    def make(self):
        self.folder.mkdir()
        self.run_dir.mkdir()
        (self.folder / "state").mkdir(mode=0o700)
        (self.folder / "partners").mkdir()
        self.canton.cii("pki", "issue", "--dir", str(self.canton.ca), self.name,
                        "--out", str(self.folder / "keys"))
        self.write_config()

    def write_config(self, **settings):
        self.settings.update(settings)
        keys = self.folder / "keys"
        config = {
            "institution": self.name,
            "name": f"Office {self.name}",
            "profile": "pilot",
            "state_dir": str(self.folder / "state"),
            "run_dir": str(self.run_dir),
            "listen": f"127.0.0.1:{self.port}",
            "tls": {
                "certificate": str(keys / "tls-cert.pem"),
                "key": str(keys / "tls-key.pem"),
                "authority": str(keys / "ca.pem"),
                "revocation": str(keys / "crl.pem"),
            },
            "signing_key": str(keys / "signing-key.pem"),
            "master_key": str(keys / "master-key"),
            "facets": str(CONFIG / "facets.yaml"),
            "event_types": str(CONFIG / "event-types.yaml"),
            "rules": str(CONFIG / "rules"),
            "letters": str(CONFIG / "letters"),
            "partners": str(self.folder / "partners"),
            "avs_use": {"responsible": "responsable NAVS",
                        "announced_on": "2020-01-01",
                        "legal_basis": "LACI 96b let. j"},
        }
        if self.canton.competent:
            config["competence"] = str(self.folder / "competence.yaml")
        config.update(self.settings)
        config = {k: v for k, v in config.items() if v is not None}
        if self.canton.competent:
            self.write_competence()
        # JSON is YAML
        (self.folder / "ciid.yaml").write_text(yaml_of(config))

    def write_competence(self):
        """Partners that are competent for everybody: all are concerned."""
        names = sorted(path.stem for path
                       in (self.folder / "partners").glob("*.yaml")
                       if self.canton.competent is True
                       or path.stem in self.canton.competent)
        entries = [{"communes": ["any"], "offices": names}] if names else []
        (self.folder / "competence.yaml").write_text(
            yaml_of({"competence": entries}))

    def know(self, other, dial=True, **settings):
        """Writes the partner's file: whom we talk to, and by which key."""
        public = other.folder / "keys" / "signing-key.pub"
        partner = {"id": other.name, "name": other.name,
                   "signing_key": [public.read_text().strip()]}
        if dial:
            partner["address"] = f"127.0.0.1:{other.port}"
        partner.update(settings)
        path = self.folder / "partners" / f"{other.name}.yaml"
        path.write_text(yaml_of({k: v for k, v in partner.items()
                                 if v is not None}))
        if self.canton.competent:
            self.write_competence()

    # --- processes ---------------------------------------------------------

    def start(self, wait=True, under=()):
        """Starts `ciid`, under a command that becomes it if one is named."""
        environment = dict(os.environ)
        environment["ASAN_OPTIONS"] = self.asan_options
        environment.pop("CIID_READY_FD", None)
        self.starts += 1
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [*under, str(BIN / "ciid"), str(self.folder / "ciid.yaml")],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                env=environment, start_new_session=True)
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self, seconds=30):
        def answers():
            if self.process.poll() is not None:
                raise AssertionError(f"{self.name} ended: {self.log_tail()}")
            status = self.ask("status", check=False)
            return status and status[0].get("gate") == "up" and \
                status[0].get("reader") == "up"
        wait_until(answers, seconds, f"{self.name} to be ready")

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(20)
        self.process = None

    def pid_of(self, child):
        """The process of `core`, `gate` or `reader` under our supervisor."""
        if child == "ciid":
            return self.process.pid
        for line in pathlib.Path(f"/proc/{self.process.pid}/task/"
                                 f"{self.process.pid}/children"
                                 ).read_text().split():
            try:
                name = pathlib.Path(f"/proc/{line}/comm").read_text().strip()
            except OSError:
                continue
            if name == f"ciid-{child}":
                return int(line)
        return None

    def kill(self, child="ciid"):
        """kill -9 of one process; of `ciid`, all die with it."""
        if child == "ciid":
            pids = [self.pid_of(c) for c in CHILDREN]
            self.process.kill()
            self.process.wait()
            wait_until(lambda: not any(p and alive(p) for p in pids),
                       what="children to die with their supervisor")
            return
        pid = self.pid_of(child)
        if pid:
            os.kill(pid, signal.SIGKILL)

    def memory(self):
        """Memory of all processes, in bytes, as if no other office ran here:
        private pages, and each shared piece of a file once."""
        private = 0
        shared = {}
        for child in ("ciid",) + CHILDREN:
            pid = self.pid_of(child)
            if not pid:
                continue
            piece = None
            for line in pathlib.Path(f"/proc/{pid}/smaps"
                                     ).read_text().splitlines():
                words = line.split()
                if not words[0].endswith(":"):
                    piece = (words[2], words[5] if len(words) > 5 else pid)
                elif words[0] in ("Private_Clean:", "Private_Dirty:"):
                    private += int(words[1])
                elif words[0] in ("Shared_Clean:", "Shared_Dirty:"):
                    mine = shared.setdefault(piece, {})
                    mine[pid] = mine.get(pid, 0) + int(words[1])
        return 1024 * (private + sum(max(p.values()) for p in shared.values()))

    def log_text(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def log_tail(self, lines=25):
        return "\n".join(self.log_text().splitlines()[-lines:])

    # --- cii ---------------------------------------------------------------

    def cii(self, *words, role=None, data=None, check=True, timeout=120):
        command = ["--run-dir", str(self.run_dir)]
        if role:
            command += ["--role", role]
        return self.canton.cii(*command, *words, data=data, check=check,
                               timeout=timeout)

    def ask(self, *words, role=None, check=True):
        """The rows that a command prints with --json."""
        done = self.cii("--json", *words, role=role, check=check)
        return [json.loads(line) for line in done.stdout.splitlines() if line]

    def send(self, kind, on="2026-01-05", to=None, check=True, event_id=None,
             case=None, test=True, **facets):
        """Sends one event; returns its outcome as a row."""
        line = {"type": kind, "on": on, "facets": facets, "test": test}
        if to is not None:
            line["to"] = to
        if event_id:
            line["id"] = event_id
        if case:
            line["case"] = case
        return self.send_lines([line], check=check)[0]

    def send_lines(self, lines, check=True, timeout=300):
        data = "".join(json.dumps(line) + "\n" for line in lines)
        journal = self.folder / f"journal-{time.monotonic_ns()}"
        done = self.cii("--json", "send", "-", "--journal", str(journal),
                        data=data, check=check, timeout=timeout)
        return [row for row in map(json.loads, done.stdout.splitlines())
                if "line" in row]

    def events(self, *words):
        return [row for row in self.ask("query", "--limit", "1000000", *words)
                if "type" in row]

    def arrived(self, *words):
        return self.events("--direction", "arrived", *words)

    def link(self, partner):
        for row in self.ask("partner", "list"):
            if row.get("partner") == partner:
                return row
        return {}

    def wait_link(self, partner, state="up", seconds=30):
        wait_until(lambda: self.link(partner).get("state") == state, seconds,
                   f"the link {self.name} - {partner} to be {state}")

    def wait_drained(self, partner, seconds=60):
        """Everything for the partner is acknowledged by it."""
        wait_until(lambda: self.link(partner).get("backlog") in (0, "0"),
                   seconds, f"{self.name} to deliver all to {partner}")


class Canton:
    """A folder of offices that know each other, with one pilot authority.

    With `competent`, each office's table of competence names every partner, or
    those that are listed, so that every person concerns them; without it, whom
    a person concerns is what dossiers and statements say."""

    def __init__(self, keep=False, folder=None, competent=True):
        self.competent = competent
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="cii-"))
        self.folder.mkdir(exist_ok=True)
        self.ca = self.folder / "ca"
        self.offices = {}
        self.keep = keep
        self.cii("pki", "init", "--dir", str(self.ca))

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        logs = self.close()
        for name, text in logs.items():
            found = SANITIZER.search(text)
            assert not found, f"{name}: {text[max(0, found.start() - 200):found.start() + 4000]}"

    def close(self):
        for office in self.offices.values():
            office.stop()
        logs = {name: office.log_text()
                for name, office in self.offices.items()}
        if not self.keep:
            shutil.rmtree(self.folder, ignore_errors=True)
        return logs

    def cii(self, *words, data=None, check=True, timeout=120):
        done = subprocess.run([str(BIN / "cii"), *words], input=data,
                              capture_output=True, text=True, timeout=timeout,
                              env={**os.environ, "NO_COLOR": "1"})
        assert not SANITIZER.search(done.stderr), done.stderr
        if check and done.returncode != 0:
            raise CiiError(f"cii {' '.join(words)}: exit {done.returncode}\n"
                           f"{done.stdout}{done.stderr}")
        return done

    def add(self, name, **settings):
        office = Office(self, name)
        self.offices[name] = office
        office.settings.update(settings)
        office.make()
        return office

    def introduce(self):
        """Everybody knows everybody; each pair is dialled by one side."""
        names = sorted(self.offices)
        for name in names:
            for other in names:
                if other != name:
                    self.offices[name].know(self.offices[other],
                                            dial=name < other)

    def open(self, *names, **settings):
        """Adds, introduces and starts offices, and waits for their links."""
        for name in names:
            self.add(name, **settings)
        self.introduce()
        for name in names:
            self.offices[name].start(wait=False)
        for name in names:
            self.offices[name].wait_ready()
        for name in names:
            for other in names:
                if other != name:
                    self.offices[name].wait_link(other)
        return [self.offices[name] for name in names]


def alive(pid):
    try:
        state = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return state.rsplit(")", 1)[1].split()[0] != "Z"


def yaml_of(value, depth=0):
    """YAML for the few shapes that our files have."""
    pad = "  " * depth
    if isinstance(value, dict):
        lines = []
        for key, inner in value.items():
            if isinstance(inner, (dict, list)) and inner:
                lines.append(f"{pad}{key}:\n{yaml_of(inner, depth + 1)}")
            elif isinstance(inner, (dict, list)):
                lines.append(f"{pad}{key}: []\n")
            else:
                lines.append(f"{pad}{key}: {scalar(inner)}\n")
        return "".join(lines)
    return "".join(f"{pad}- {scalar(inner)}\n" for inner in value)


def scalar(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else json.dumps(value)

# SPDX-License-Identifier: Apache-2.0
"""Plays a story with real daemons, through `cii`, and shows it as it happens.

    ./run demo           plays, checks every outcome, and takes all down
    ./run demo --keep    leaves the daemons running, to go on by hand
    ./run demo stop      ends those that were kept

The story is config/demo/monsieur-b.jsonl: steps with the outcomes that the
law gives. Exit status 0: every outcome that is checked is the story's.
"""

import argparse
import datetime
import json
import os
import pathlib
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from institutions import BIN, CONFIG, Canton, SANITIZER, wait_until  # noqa: E402

STORY = CONFIG / "demo" / "monsieur-b.jsonl"
KEPT = pathlib.Path("/tmp") / f"cii-demo-{os.getuid()}"
COLOUR = sys.stdout.isatty() and "NO_COLOR" not in os.environ


def paint(code, text):
    return f"\033[{code}m{text}\033[0m" if COLOUR else text


def shorten(text, width=400):
    return text if len(text) <= width else text[:width - 3] + "..."


# what offices tell each other about the law's conditions, not about a person
STATEMENTS = {"reciprocite", "consentement", "retrait-consentement",
              "attestation-client", "fin-attestation"}
MARK = {"transmit": ("32", "goes to  "), "refuse": ("31", "stays from"),
        "hold": ("33", "waits for "), "late": ("33", "late for  ")}


class Watcher:
    """`cii watch` of one office, read in the background."""

    def __init__(self, office, news):
        self.process = subprocess.Popen(
            [str(BIN / "cii"), "--run-dir", str(office.run_dir), "--json",
             "watch"], stdout=subprocess.PIPE, text=True)
        self.thread = threading.Thread(target=self.read, daemon=True,
                                       args=(office.name, news))
        self.thread.start()

    def read(self, name, news):
        for line in self.process.stdout:
            row = json.loads(line)
            if row.get("what") in ("arrived", "refused"):
                news.put((name, row))

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Play:
    def __init__(self, story, canton):
        self.story = story
        self.canton = canton
        self.day0 = datetime.date.fromisoformat(story[0]["day0"])
        self.persons = story[1]["persons"]
        self.news = queue.Queue()
        self.today = None
        self.wrong = []
        self.checked = 0
        self.sent = {}

    def day(self, number):
        return str(self.day0 + datetime.timedelta(days=number))

    def office(self, name):
        return self.canton.offices[name]

    # --- the stage ---------------------------------------------------------

    def open(self):
        names = self.story[0]["offices"]
        self.canton.open(*names)
        self.watchers = [Watcher(o, self.news)
                         for o in self.canton.offices.values()]

    def set_day(self, number):
        if number == self.today:
            return
        self.today = number
        for office in self.canton.offices.values():
            office.cii("clock", "--set", self.day(number))

    # --- acts --------------------------------------------------------------

    def fill(self, value):
        """'@45' is the date of day 45."""
        if isinstance(value, dict):
            return {k: self.fill(v) for k, v in value.items()}
        if isinstance(value, str) and value.startswith("@"):
            return self.day(int(value[1:]))
        return value

    def do_dossier(self, step, act):
        words = ["dossier", "open", "--avs", self.persons[act["of"]]["avs"],
                 "--case", act["case"], "--counsellor", act["counsellor"]]
        for name in act["concerned"]:
            words += ["--concerned", name]
        self.office(act["at"]).cii(*words)

    def do_concern(self, step, act):
        words = ["dossier", "concern", "--avs",
                 self.persons[act["of"]]["avs"]]
        for name in act["add"]:
            words += ["--add", name]
        self.office(act["at"]).cii(*words)

    def do_publish(self, step, act):
        event = {"type": act["type"], "on": self.day(step["day"]),
                 "test": True, "facets": self.fill(act["facets"])}
        if "of" in act:
            event["facets"] = {"identity": self.persons[act["of"]],
                               **event["facets"]}
        for name in ("case", "to"):
            if name in act:
                event[name] = act[name]
        if "reply" in act:
            event["in_reply_to"] = self.sent[act["reply"]]["id"]
        if not step.get("quiet"):
            print(f"  {paint('1', act['from'])} publishes "
                  f"{paint('1', act['type'])} ({' '.join(event['facets'])})")
        outcome = self.office(act["from"]).send_lines([event], check=False)[0]
        if "name" in act:
            self.sent[act["name"]] = outcome
        for expected in act.get("expect", []):
            self.check(step, act["from"], outcome, expected)
        self.settle()

    def do_consent(self, step, act):
        """One statement for each pair; nobody is told before its first use."""
        facet = {"consentRef": act["ref"], "obtainedBy": act["at"],
                 "purposes": act["purposes"], "opens": act["opens"],
                 "express": "yes", "consentForm": "signe",
                 "consentOn": self.fill(act["on"]),
                 "consentUntil": self.fill(act["until"]),
                 "toldOfRights": "yes", "textVersion": "GE 2016-1"}
        pairs = [f"{a} {b}" for i, a in enumerate(act["among"])
                 for b in act["among"][i + 1:]]
        lines = [{"type": "consentement", "on": self.day(step["day"]),
                  "test": True, "case": act["case"],
                  "facets": {"identity": self.persons[act["of"]],
                             "consent": {**facet, "between": pair}}}
                 for pair in pairs]
        print(f"  {paint('1', act['at'])} records the consent {act['ref']}: "
              f"{len(pairs)} pair(s), {act['opens']}")
        outcomes = self.office(act["at"]).send_lines(lines)
        told = [o for o in outcomes if o.get("verdicts")]
        print("    nobody is told yet" if not told else f"    told: {told}")
        self.count(step, not told and len(outcomes) == len(pairs),
                   "a consent left before its first use")
        self.settle()

    def do_again(self, step, act):
        """What the law said of an earlier event when it looked again."""
        office = self.office(act["at"])
        event = self.sent[act["event"]]["id"]

        def latest():
            rows = [r for r in office.ask("explain", event, "--to", act["to"])
                    if r["kind"] == "verdict"]
            if rows and rows[-1]["verdict"] == act["verdict"] and \
                    rows[-1].get("rule", "") == act.get("rule"):
                return rows[-1]
            return None

        print(f"  {paint('1', act['at'])} judges {act['event']} again")
        got = wait_until(latest, 20, f"{act['event']} to be judged again")
        self.show(step, got, act)
        self.settle()

    def do_tasks(self, step, act):
        office = self.office(act["at"])
        rows = office.ask("task", "list", "--avs",
                          self.persons[act["of"]]["avs"])
        for kind, wanted in act["open"].items():
            mine = [r for r in rows if r["what"] == kind]
            for row in mine:
                print(f"    {paint('35', 'to do')}      {act['at']}: {kind} "
                      f"by {row['due']} ({row.get('citation', '')}), "
                      f"{row['events']} event(s)")
            good = len(mine) == wanted
            events = act.get("events", {}).get(kind)
            if events is not None and mine:
                good = good and int(mine[0]["events"]) == events
            self.count(step, good, f"{act['at']}: tasks {kind}: {mine}")

    def do_receipts(self, step, act):
        office = self.office(act["at"])
        event = self.sent[act["event"]]["id"]

        def answered():
            states = {r["partner"] for r in office.ask("show", event)
                      if r["kind"] == "receipt" and r["state"] == "accepted"}
            return states if states == set(act["accepted"]) else None

        names = wait_until(answered, 20, "receipts")
        print(f"    {paint('36', 'answered')}   {', '.join(sorted(names))}")
        self.count(step, True, "receipts")

    # --- steps ---------------------------------------------------------------

    def settle(self):
        """Waits until everything on its way has arrived."""
        def quiet():
            return all(row.get("backlog") in (0, "0")
                       for office in self.canton.offices.values()
                       for row in office.ask("partner", "list"))
        wait_until(quiet, 60, "the links to be quiet")

    def show_arrivals(self, quiet):
        time.sleep(0.05)
        while not self.news.empty():
            name, row = self.news.get()
            if row.get("type") == "recu" or quiet:
                continue
            if row["what"] == "arrived":
                print(f"    {paint('36', 'arrived')}    {name}: {row['type']} "
                      f"({row.get('facets', '')})")
            else:
                print(f"    {paint('31', 'refused')}    {name}: "
                      f"{row.get('type')}: {row.get('reason')}")

    def judgement(self, office, outcome, to):
        """The verdict given at sending, or what the law says when asked."""
        for verdict in outcome.get("verdicts", []):
            if verdict["partner"] == to:
                return verdict
        rows = self.office(office).ask("explain", outcome["id"], "--to", to)
        return [r for r in rows if r["kind"] == "judgement"][-1]

    def check(self, step, office, outcome, expected):
        if expected.get("send") == "refused":
            good = outcome["result"] == "refused" and \
                outcome["code"] == "DENIED"
            print(f"    {paint('31', 'refused at send')}: "
                  f"{outcome.get('text')}")
            self.count(step, good, f"send: {outcome['result']}")
            return
        if outcome["result"] not in ("stored", "known"):
            self.count(step, False, f"send: {outcome}")
            return
        self.show(step, self.judgement(office, outcome, expected["to"]),
                  expected)

    def show(self, step, got, expected):
        colour, words = MARK[got["verdict"]]
        because = got.get("rule") or ""
        if got["verdict"] == "transmit":
            detail = f"{because} {got['citation']}: {got['facets']}"
            if got.get("withheld"):
                detail += f"; stays behind: {got['withheld']}"
        else:
            detail = f"{because} {got.get('missing') or got.get('ground')}"
        if not step.get("quiet"):
            print(f"    {paint(colour, words)} {expected['to']}: "
                  f"{shorten(detail.strip())}")
        facets = expected.get("facets")
        good = got["verdict"] == expected["verdict"] and \
            expected.get("rule", because) == because and \
            expected.get("why", "") in (got.get("missing") or "") and \
            (facets is None or set(facets.split()) == set(got["facets"].split()))
        self.count(step, good, f"{expected['to']}: {got}")

    def count(self, step, good, what):
        self.checked += 1
        if not good:
            self.wrong.append(f"step {step['n']}: {what}")
            print(paint("31;1", "    this is not the story's outcome"))

    def play_step(self, step):
        print(f"\n{paint('1', 'day ' + str(step['day']))}, "
              f"{self.day(step['day'])}  [{step['n']}] {step['tell']}")
        self.set_day(step["day"])
        for act in step["acts"]:
            for name, what in act.items():
                getattr(self, f"do_{name}")(step, what)
        self.settle()
        self.show_arrivals(step.get("quiet", False))

    # --- the end -------------------------------------------------------------

    def show_knowledge(self, know):
        print("\n" + paint("1", "What each institution was told:"))
        for item in know:
            person = self.persons[item["of"]]
            office = self.office(item["at"])
            rows = office.arrived("--avs", person["avs"])
            kinds = [row["type"] for row in rows
                     if row["type"] not in STATEMENTS]
            who = f"{person['firstName']} {person['officialName']}"
            print(f"  {item['at']:<9} of {who:<12} "
                  + (", ".join(kinds) if kinds else "nothing"))
            self.checked += 1
            if kinds != item["arrived"]:
                self.wrong.append(f"{item['at']} was told {kinds}, not "
                                  f"{item['arrived']}")

    def play(self):
        for line in self.story[2:]:
            if "know" in line:
                self.show_knowledge(line["know"])
            else:
                self.play_step(line)
        for watcher in self.watchers:
            watcher.stop()

    def verdict(self):
        print(f"\n{self.checked} outcomes checked, {len(self.wrong)} wrong.")
        for line in self.wrong:
            print(paint("31", f"  {line}"))
        return not self.wrong


def keep(canton):
    pids = [o.process.pid for o in canton.offices.values()]
    (KEPT / "pids").write_text(" ".join(map(str, pids)))
    first = next(iter(canton.offices.values()))
    print("\nThe daemons go on. Try:")
    for words in ("status", "query --avs 756.9217.0769.85",
                  "explain EVENT --to ge.as.hg", "watch"):
        print(f"  {BIN}/cii --run-dir {first.run_dir} {words}")
    for office in canton.offices.values():
        print(f"  {office.name:<9} is --run-dir {office.run_dir}")
    print("End them with: ./run demo stop")


def stop():
    file = KEPT / "pids"
    if not file.exists():
        print("no demonstration is running")
        return 0
    for pid in map(int, file.read_text().split()):
        try:
            if "ciid" in pathlib.Path(f"/proc/{pid}/comm").read_text():
                os.kill(pid, signal.SIGTERM)
        except OSError:
            continue
    shutil.rmtree(KEPT, ignore_errors=True)
    print("ended")
    return 0


def main():
    parser = argparse.ArgumentParser(prog="./run demo")
    parser.add_argument("what", nargs="?", choices=["play", "stop"],
                        default="play")
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    if options.what == "stop" or KEPT.exists():
        stop()
        if options.what == "stop":
            return 0

    story = [json.loads(line) for line in STORY.read_text().splitlines()]
    print(paint("1", story[0]["title"]) + ": "
          + ", ".join(story[0]["offices"]))
    folder = KEPT if options.keep else None
    canton = Canton(keep=options.keep, folder=folder, competent=False)
    play = Play(story, canton)
    try:
        play.open()
        play.play()
        good = play.verdict()
    except BaseException:
        for office in canton.offices.values():
            print(f"--- {office.name}\n{office.log_tail(8)}", file=sys.stderr)
        canton.keep = False
        canton.close()
        raise
    if options.keep:
        keep(canton)
    else:
        logs = canton.close()
        good = good and not any(SANITIZER.search(t) for t in logs.values())
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

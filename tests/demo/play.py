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
        self.later = 0

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

    # --- steps ---------------------------------------------------------------

    def fill(self, value):
        """'@45' is the date of day 45."""
        if isinstance(value, dict):
            return {k: self.fill(v) for k, v in value.items()}
        if isinstance(value, str) and value.startswith("@"):
            return self.day(int(value[1:]))
        return value

    def prepare(self, step):
        for dossier in step.get("dossiers", []):
            office = self.office(dossier["at"])
            words = ["dossier", "open"] if "case" in dossier else \
                ["dossier", "concern"]
            words += ["--avs", self.persons[dossier["of"]]["avs"]]
            if "case" in dossier:
                words += ["--case", dossier["case"],
                          "--counsellor", dossier["counsellor"]]
                for name in dossier["concerned"]:
                    words += ["--concerned", name]
            else:
                for name in dossier["concerned"]:
                    words += ["--add", name]
            office.cii(*words)
        for concern in step.get("concern", []):
            words = ["dossier", "concern", "--avs",
                     self.persons[concern["of"]]["avs"]]
            for name in concern["add"]:
                words += ["--add", name]
            self.office(concern["at"]).cii(*words)

    def publish(self, step):
        event = dict(step["event"])
        event["on"] = self.day(step["day"])
        event["test"] = True
        event["facets"] = {"identity": self.persons[step["of"]],
                           **self.fill(event["facets"])}
        if "to" in step:
            event["to"] = step["to"]
        facets = " ".join(event["facets"])
        print(f"  {paint('1', step['from'])} publishes "
              f"{paint('1', event['type'])} ({facets})")
        return self.office(step["from"]).send_lines([event], check=False)[0]

    def settle(self):
        """Waits until everything on its way has arrived."""
        def quiet():
            return all(row.get("backlog") in (0, "0")
                       for office in self.canton.offices.values()
                       for row in office.ask("partner", "list"))
        wait_until(quiet, 60, "the links to be quiet")

    def show_arrivals(self):
        time.sleep(0.05)
        while not self.news.empty():
            name, row = self.news.get()
            if row.get("type") == "recu":
                continue
            if row["what"] == "arrived":
                print(f"    {paint('36', 'arrived')}  {name}: {row['type']} "
                      f"({row.get('facets', '')})")
            else:
                print(f"    {paint('31', 'refused')}  {name}: "
                      f"{row.get('type')}: {row.get('reason')}")

    def judgement(self, step, outcome, to):
        """The verdict given at sending, or what the law says when asked."""
        for verdict in outcome.get("verdicts", []):
            if verdict["partner"] == to:
                return verdict
        rows = self.office(step["from"]).ask("explain", outcome["id"], "--to",
                                             to)
        return [r for r in rows if r["kind"] == "judgement"][-1]

    def check(self, step, outcome, expected):
        if expected.get("send") == "refused":
            good = outcome["result"] == "refused" and \
                outcome["code"] == "DENIED"
            print(f"    {paint('31', 'refused at send')}: "
                  f"{outcome.get('text')}")
            self.count(step, good, f"send: {outcome['result']}")
            return
        got = self.judgement(step, outcome, expected["to"])
        colour, words = MARK[got["verdict"]]
        because = got.get("rule") or ""
        if got["verdict"] == "transmit":
            detail = f"{because} {got['citation']}: {got['facets']}"
            if got.get("withheld"):
                detail += f"; stays behind: {got['withheld']}"
        else:
            detail = f"{because} {got.get('missing') or got.get('ground')}"
        print(f"    {paint(colour, words)} {expected['to']}: {detail.strip()}")
        if "later" in expected:
            self.later += 1
            print(f"               (the story's {expected['verdict']} by "
                  f"{expected['rule']} needs statements: {expected['later']})")
            return
        good = got["verdict"] == expected["verdict"] and \
            expected.get("rule", because) == because and \
            expected.get("why", "") in (got.get("missing") or "")
        self.count(step, good, f"{expected['to']}: {got['verdict']} {because}")

    def count(self, step, good, what):
        self.checked += 1
        if not good:
            self.wrong.append(f"step {step['n']}: {what}")
            print(paint("31;1", "    this is not the story's outcome"))

    def play_step(self, step):
        print(f"\n{paint('1', 'day ' + str(step['day']))}, "
              f"{self.day(step['day'])}  [{step['n']}] {step['tell']}")
        self.set_day(step["day"])
        if "later" in step:
            self.later += 1
            print(f"  not played: {step['later']}")
            return
        self.prepare(step)
        outcome = self.publish(step)
        for expected in step["expect"]:
            self.check(step, outcome, expected)
        self.settle()
        self.show_arrivals()

    # --- the end -------------------------------------------------------------

    def show_knowledge(self, know):
        print("\n" + paint("1", "What each institution was told:"))
        for item in know:
            person = self.persons[item["of"]]
            office = self.office(item["at"])
            rows = office.arrived("--avs", person["avs"])
            kinds = [row["type"] for row in rows]
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
        print(f"\n{self.checked} outcomes checked, {len(self.wrong)} wrong; "
              f"{self.later} wait for statements.")
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
    canton = Canton(keep=options.keep, folder=folder)
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

# SPDX-License-Identifier: Apache-2.0
"""The figures, all in one run, because the machine is shared and noisy.

    ./run bench            everything, three rounds, medians
    ./run bench --quick    one round, smaller counts

Durable on both sides before the ack, every event signed, verified and judged,
two institutions with all their processes on this machine.
"""

import argparse
import json
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from institutions import BIN, Canton, free_port, wait_until  # noqa: E402


def tool(name, *words):
    done = subprocess.run([str(BIN / name), *map(str, words)], check=True,
                          capture_output=True, text=True)
    return json.loads(done.stdout)


def row(what, value, target="", met=None):
    mark = {None: "", True: "met", False: "MISSED"}[met]
    print(f"  {what:<46}{value:>20}  {target:<24}{mark}", flush=True)


# --- throughput ------------------------------------------------------------

def throughput(sender, receiver, count, window, persons):
    """Events a second, from the first submit to the last ack stored."""
    before = int(receiver.ask("status")[0].get("arrived", 0))
    start = time.monotonic()
    tool("load", "send", sender.run_dir, receiver.name, count, window, persons)

    def all_acked():
        return sender.link(receiver.name).get("backlog") in (0, "0")
    wait_until(all_acked, 300, "all to be acknowledged")
    taken = time.monotonic() - start
    arrived = int(receiver.ask("status")[0]["arrived"]) - before
    assert arrived == count, f"{arrived} of {count} arrived"
    return count / taken


# --- bare libzmq over stunnel ------------------------------------------------

STUNNEL = """
foreground = quiet
pid =
debug = 3
sslVersion = TLSv1.3
cert = {keys}/tls-cert.pem
key = {keys}/tls-key.pem
CAfile = {keys}/ca.pem
verifyChain = yes
[{name}]
client = {client}
accept = 127.0.0.1:{accept}
connect = 127.0.0.1:{connect}
"""


def stunnel(office, client, accept, connect):
    path = office.folder / f"stunnel-{client}.conf"
    path.write_text(STUNNEL.format(keys=office.folder / "keys", name=client,
                                   client=client, accept=accept,
                                   connect=connect))
    return subprocess.Popen(["stunnel4", str(path)],
                            stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)


def bare(a, b, count):
    """libzmq alone, 512 bytes, mutual TLS 1.3 by stunnel on both sides."""
    inner, outer, entry = free_port(), free_port(), free_port()
    tunnels = [stunnel(b, "no", outer, inner), stunnel(a, "yes", entry, outer)]
    try:
        time.sleep(0.5)
        receiver = subprocess.Popen(
            [str(BIN / "bare"), "receive", f"tcp://127.0.0.1:{inner}",
             str(count)], stdout=subprocess.PIPE, text=True)
        time.sleep(0.2)
        sender = subprocess.Popen([str(BIN / "bare"), "send",
                                   f"tcp://127.0.0.1:{entry}", str(count)])
        out, _ = receiver.communicate(timeout=120)
        sender.wait(30)
        return json.loads(out)["per_second"]
    finally:
        for tunnel in tunnels:
            tunnel.terminate()
            tunnel.wait()


# --- idle --------------------------------------------------------------------

def cpu_of(office):
    """User and system time of all processes, in seconds."""
    total = 0
    for child in ("ciid", "core", "gate", "reader"):
        fields = pathlib.Path(f"/proc/{office.pid_of(child)}/stat").read_text()
        words = fields.rsplit(")", 1)[1].split()
        total += int(words[11]) + int(words[12])
    return total / os.sysconf("SC_CLK_TCK")


def idle(office, seconds):
    before = cpu_of(office)
    time.sleep(seconds)
    return (cpu_of(office) - before) / seconds * 100


# --- ready again ---------------------------------------------------------------

def ready_again(office, partner, child):
    """From kill -9 to an answer, and to an open link, in seconds."""
    office.kill(child)
    start = time.monotonic()
    if child == "ciid":
        office.start(wait=False)
    wait_until(lambda: office.ask("status", check=False), 30, "an answer")
    answered = time.monotonic() - start
    office.wait_ready()
    office.wait_link(partner)
    return answered, time.monotonic() - start


# --- the law -----------------------------------------------------------------

def verdicts(rounds):
    config = pathlib.Path(__file__).resolve().parents[2] / "config"
    figures = tool("judge", config, rounds * 3)
    row("loading all rules", f"{figures['load_ms']:.1f} ms", "under 50 ms",
        figures["load_ms"] < 50)
    row("statements, of 1 000 other persons", f"{figures['statements']:,}")
    for key, what in (("consent_ns", "by consent"),
                      ("refused_ns", "refused after all lanes"),
                      ("release_ns", "inside AC")):
        row(f"one verdict, {what}", f"{figures[key] / 1000:.2f} us",
            "under 1 us", figures[key] < 1000)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    rounds = 1 if options.quick else 3
    count = 20_000 if options.quick else 100_000

    with Canton() as canton:
        orp, social = canton.open("ge.orp", "ge.cch")
        print(f"\n{os.cpu_count()} cores, {rounds} round(s); medians\n")

        rates, bares, syncs = [], [], []
        for _ in range(rounds):
            syncs.append(tool("bare", "sync", canton.folder, 300)["median_ms"])
            bares.append(bare(orp, social, count * 2))
            rates.append(throughput(orp, social, count, 4000, 5000))
        rate, plain = statistics.median(rates), statistics.median(bares)
        row("this disk: fdatasync after 4 KiB",
            f"{statistics.median(syncs):.2f} ms")
        row("bare libzmq over stunnel, nothing stored", f"{plain:,.0f} /s")
        row("events, durable on both sides", f"{rate:,.0f} /s",
            "at least 20 000 /s", rate >= 20_000)
        row("  of bare libzmq over stunnel", f"{rate / plain:.2f}")

        samples = [tool("load", "latency", orp.run_dir, social.run_dir,
                        social.name, 300 if options.quick else 1000, 100)
                   for _ in range(rounds)]
        p50 = statistics.median(s["p50_ms"] for s in samples)
        p99 = statistics.median(s["p99_ms"] for s in samples)
        row("publish to delivery at 100 /s, p50", f"{p50:.2f} ms",
            "under 3 ms", p50 < 3)
        row("publish to delivery at 100 /s, p99", f"{p99:.2f} ms")

        for child in ("core", "gate", "ciid"):
            answered, linked = ready_again(social, "ge.orp", child)
            row(f"kill -9 of {child}: answers again", f"{answered:.2f} s",
                "under 1 s", answered < 1)
            row(f"kill -9 of {child}: link open again", f"{linked:.2f} s")

    verdicts(rounds)

    with Canton() as canton:
        office = canton.open("ge.orp", "ge.cch", "ge.oai", "ge.as.hg")[0]
        memory = office.memory() / 2**20
        row("idle, 3 partners: memory of all processes", f"{memory:.1f} MiB",
            "under 20 MiB", memory < 20)
        busy = idle(office, 5 if options.quick else 20)
        row("idle, 3 partners: of one core", f"{busy:.2f} %", "0.1 %",
            busy <= 0.1)
    print()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, lambda *_: sys.exit(130))
    main()

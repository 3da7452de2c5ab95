# SPDX-License-Identifier: Apache-2.0
"""A program on a control socket that does what `cii` would not: says several
things at once, leaves answers unread, stays.

    with Program(orp, "operator") as program:
        program.ask("query", avs=AVS)
        rows = program.rows()
"""

import contextlib
import importlib
import resource
import socket
import struct
import subprocess
import sys
import tempfile

from institutions import ROOT, avs_number

OK, BUSY, FORBIDDEN = 0, 3, 11


def schema():
    """The module that protoc makes of proto/control.proto."""
    with tempfile.TemporaryDirectory(prefix="cii-proto-") as folder:
        subprocess.run(["protoc", f"-I{ROOT}", f"--python_out={folder}",
                        "proto/event.proto", "proto/control.proto"],
                       cwd=ROOT, check=True)
        sys.path.insert(0, folder)
        module = importlib.import_module("proto.control_pb2")
        sys.path.remove(folder)
    return module


control_pb = schema()


def many_files(count):
    """Lets this process hold so many descriptors; returns how many it may."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = count if hard == resource.RLIM_INFINITY else min(count, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return allowed


def request(verb, tag=1, **arguments):
    """One request as it is written; limit_to=1 is the argument limit-to."""
    asked = control_pb.Request(tag=tag, verb=verb)
    for name, value in arguments.items():
        asked.argument.add(name=name.rstrip("_").replace("_", "-"),
                           value=str(value))
    return framed(asked.SerializeToString())


def sending(*lines, tag=1):
    """A request that sends events: lines as `cii send -` takes them."""
    asked = control_pb.Request(tag=tag, verb="send")
    for number, line in enumerate(lines, 1):
        draft = asked.draft.add(line=number, event_type=line["type"],
                                occurred_on=line["on"], test=True,
                                event_id=line.get("id", ""),
                                case_ref=line.get("case", ""))
        draft.to.extend(line.get("to", []))
        for kind, fields in line["facets"].items():
            facet = draft.facet.add(kind=kind)
            for name, value in fields.items():
                facet.field.add(name=name, value=value)
    return framed(asked.SerializeToString())


def framed(data):
    return struct.pack(">I", len(data)) + data


def simple_line(number, to, case=None):
    return {"type": "fin-de-droits", "on": "2026-01-05", "to": [to],
            "case": case or f"N-{number}",
            "facets": {"identity": {"avs": avs_number(1 + number % 97)},
                       "entitlement": {"cause": "quota"}}}


class Program:
    """One connection in a role."""

    def __init__(self, office, role, timeout=60):
        self.socket = socket.socket(socket.AF_UNIX)
        # blocking, as programs do: with a full backlog it waits
        self.socket.connect(str(office.run_dir / "control" / f"{role}.sock"))
        self.socket.settimeout(timeout)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        self.close()

    def close(self):
        self.socket.close()

    def write(self, data):
        # whoever is turned away at once still finds the reason to read
        with contextlib.suppress(BrokenPipeError):
            self.socket.sendall(data)

    def ask(self, verb, **arguments):
        self.write(request(verb, **arguments))

    def take(self, count):
        while len(self.buffer) < count:
            data = self.socket.recv(1 << 16)
            if not data:
                return None
            self.buffer += data
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def reply(self):
        """The next reply; None when the daemon has closed."""
        head = self.take(4)
        data = head and self.take(struct.unpack(">I", head)[0])
        return control_pb.Reply.FromString(data) if data is not None else None

    def answer(self):
        """All replies up to the last one; (code, text, rows)."""
        rows = []
        while True:
            reply = self.reply()
            if reply is None:
                raise ConnectionError("the daemon has closed")
            rows += [{f.name: f.value for f in record.field}
                     for record in reply.record]
            rows += list(reply.outcome)
            if reply.last:
                return reply.code, reply.text, rows

    def send(self, *lines):
        """Sends events; their outcomes."""
        self.write(sending(*lines))
        code, text, outcomes = self.answer()
        if code != OK:
            raise AssertionError(text)
        return outcomes

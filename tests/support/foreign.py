# SPDX-License-Identifier: Apache-2.0
"""A foreign partner: speaks the wire of docs/wire.md, and shares no code with
the daemon.

Everything that is said here stands in docs/wire.md; if this file and `ciid`
agree without it, that document is wrong. TLS is the standard library's, the
exporter is computed from the key log (RFC 8446 7.5), Ed25519 and X.509 come
from python3-cryptography, protobuf from protoc, ZMTP is written out by hand
(Link) or libzmq's (ZmqLink).

    cch = Foreign(canton, "ge.cch")
    orp.know(cch, dial=False)
    link = cch.dial(orp)
    cch.greet(link)
    cch.deliver(link, cch.issue(draft("fin-de-droits", identity={...})))
    cch.run(link, until=lambda: cch.acked == 1)
"""

import dataclasses
import datetime
import hashlib
import hmac
import importlib
import itertools
import os
import pathlib
import select
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from institutions import ROOT, free_port

PATIENCE = 30  # seconds; bounds a wait, measures nothing
ALPN = "cii/1"
EXPORTER = b"EXPORTER-cii-link-v1"
FRAME_MAX = 384 * 1024
ZEROS = bytes(32)


def schema():
    """The modules that protoc makes of proto/event.proto and link.proto."""
    global _schema
    if not _schema:
        _schema = tempfile.TemporaryDirectory(prefix="cii-proto-")
        subprocess.run(["protoc", f"-I{ROOT}", f"--python_out={_schema.name}",
                        "proto/event.proto", "proto/link.proto"],
                       cwd=ROOT, check=True)
        sys.path.insert(0, _schema.name)
    return (importlib.import_module("proto.event_pb2"),
            importlib.import_module("proto.link_pb2"))


_schema = None
event_pb, link_pb = schema()


# --- digests and signed texts (docs/wire.md, "Digests", "Signatures") --------

def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def u32(value):
    return struct.pack(">I", value)


def u64(value):
    return struct.pack(">Q", value)


def sized(data):
    return u32(len(data)) + data


def leaf_of(header):
    return sha256(b"\x00", header)


def facet_digest(salt, kind, content):
    return sha256(b"cii facet v1", salt, sized(kind.encode()), sized(content))


def chain_next(chain, seq, digest):
    return sha256(b"cii chain v1", chain, u64(seq), digest)


def batch_text(issuer, size, root):
    return b"cii batch v1" + sized(issuer.encode()) + u32(size) + root


def ack_text(receiver, sender, stream, up_to, chain):
    return (b"cii ack v1" + sized(receiver.encode()) + sized(sender.encode())
            + stream + u64(up_to) + chain)


def split(count):
    """The largest power of two below count (RFC 6962, 2.1)."""
    return 1 << (count - 1).bit_length() - 1


def merkle_root(leaves):
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return sha256(b"\x01", merkle_root(leaves[:k]), merkle_root(leaves[k:]))


def merkle_path(index, leaves):
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if index < k:
        return merkle_path(index, leaves[:k]) + [merkle_root(leaves[k:])]
    return merkle_path(index - k, leaves[k:]) + [merkle_root(leaves[:k])]


def merkle_climb(leaf, path, index, size):
    """The root that a path leads to; raises when it does not fit."""
    if size == 1:
        if path:
            raise ValueError("a path that is too long")
        return leaf
    if not path or not 0 <= index < size:
        raise ValueError("a path that does not fit")
    k = split(size)
    if index < k:
        return sha256(b"\x01", merkle_climb(leaf, path[:-1], index, k),
                      path[-1])
    return sha256(b"\x01", path[-1],
                  merkle_climb(leaf, path[:-1], index - k, size - k))


def key_id(public):
    return sha256(public)[:8]


def raw_public(private):
    return private.public_key().public_bytes(serialization.Encoding.Raw,
                                             serialization.PublicFormat.Raw)


def uuid7():
    now = int(time.time() * 1000)
    raw = bytearray(now.to_bytes(6, "big") + os.urandom(10))
    raw[6] = raw[6] & 0x0f | 0x70
    raw[8] = raw[8] & 0x3f | 0x80
    return bytes(raw)


def id_text(raw):
    text = raw.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


# --- the TLS exporter (RFC 8446, 7.5) ----------------------------------------

def hkdf_expand_label(hash_name, secret, label, context, size):
    label = b"tls13 " + label
    info = (struct.pack(">H", size) + bytes([len(label)]) + label
            + bytes([len(context)]) + context)
    made, block = b"", b""
    for i in itertools.count(1):
        if len(made) >= size:
            return made[:size]
        block = hmac.new(secret, block + info + bytes([i]), hash_name).digest()
        made += block


def exporter(hash_name, secret, label, size):
    empty = hashlib.new(hash_name, b"").digest()
    derived = hkdf_expand_label(hash_name, secret, label, empty,
                                hashlib.new(hash_name).digest_size)
    return hkdf_expand_label(hash_name, derived, b"exporter", empty, size)


def link_id_of(tls, key_log):
    """32 bytes by which both ends know this link."""
    secret = None
    for line in pathlib.Path(key_log).read_text().splitlines():
        word = line.split()
        if word[:1] == ["EXPORTER_SECRET"]:
            secret = bytes.fromhex(word[2])
    hash_name = "sha384" if tls.cipher()[0].endswith("SHA384") else "sha256"
    return exporter(hash_name, secret, EXPORTER, 32)


# --- links -------------------------------------------------------------------

def greeting(mechanism=b"NULL", major=3, minor=1):
    return (b"\xff" + bytes(8) + b"\x7f" + bytes([major, minor])
            + mechanism.ljust(20, b"\0") + bytes(32))


def ready(socket_type=b"DEALER", identity=b""):
    body = (b"\x05READY\x0bSocket-Type" + sized(socket_type)
            + b"\x08Identity" + sized(identity))
    return zmtp_frame(body, flags=4)


def zmtp_frame(data, flags=0):
    if len(data) < 256:
        return bytes([flags, len(data)]) + data
    return bytes([flags | 2]) + u64(len(data)) + data


class LinkEnded(Exception):
    """The other side has ended the link."""


class Link:
    """A link whose ZMTP is written out, so that it can also be broken."""

    def __init__(self, tls, link_id):
        self.tls = tls
        self.link_id = link_id
        self.held = b""

    def preamble(self, byte=b"\x01"):
        self.write(byte)
        if self.read(1) != b"\x01":
            raise AssertionError("another preamble than 01")
        return self

    def begin(self, identity=b"", socket_type=b"DEALER"):
        """ZMTP up to both READYs: no frame leaves before the other's came."""
        self.write(greeting() + ready(socket_type, identity))
        self.read_opening()
        return self

    def write(self, data):
        try:
            self.tls.sendall(data)
        except (ssl.SSLError, OSError) as gone:
            if isinstance(gone, TimeoutError):
                raise
            raise LinkEnded(str(gone)) from gone

    def read(self, size, seconds=PATIENCE):
        """Exactly so many bytes."""
        end = time.monotonic() + seconds
        while len(self.held) < size:
            self.tls.settimeout(max(0.001, end - time.monotonic()))
            try:
                more = self.tls.recv(65536)
            except TimeoutError:
                raise
            except (ssl.SSLError, OSError) as gone:
                raise LinkEnded(str(gone)) from gone
            finally:
                self.tls.settimeout(PATIENCE)
            if not more:
                raise LinkEnded("closed")
            self.held += more
        data, self.held = self.held[:size], self.held[size:]
        return data

    def peek_until(self, size, seconds):
        data = self.read(size, seconds)
        self.held = data + self.held

    def read_opening(self):
        got = self.read(64)
        assert got[:1] == b"\xff" and got[9:10] == b"\x7f" and got[10] == 3, got
        assert got[12:32] == b"NULL".ljust(20, b"\0") and got[32] == 0, got
        flags, size = self.read(2)
        assert flags == 4, "READY is a short command"
        command = self.read(size)
        assert command.startswith(b"\x05READY"), command
        assert b"ROUTER" in command, command

    def send(self, frame):
        """A Frame, or bytes that are none."""
        data = frame if isinstance(frame, bytes) else frame.SerializeToString()
        self.write(zmtp_frame(data))

    def receive(self, seconds=PATIENCE):
        """The next message; TimeoutError, or LinkEnded."""
        self.peek_until(2, seconds)
        flags = self.held[0]
        assert flags in (0, 2), f"a frame with flags {flags}"
        self.peek_until(2 if flags == 0 else 9, PATIENCE)
        if flags == 0:
            size = self.read(2)[1]
        else:
            size = int.from_bytes(self.read(9)[1:], "big")
        assert 0 < size <= FRAME_MAX, size
        return self.read(size)

    def ended(self, seconds=PATIENCE):
        """Reads until the other side has closed; False if it does not."""
        end = time.monotonic() + seconds
        try:
            while True:
                self.read(1, max(0.001, end - time.monotonic()))
        except LinkEnded:
            return True
        except TimeoutError:
            return False

    def close(self):
        self.tls.close()


class ZmqLink:
    """The same over a true DEALER of libzmq: it binds an ipc address, and its
    bytes are carried between that and TLS."""

    def __init__(self, link, identity=b""):
        import zmq
        self.zmq = zmq
        self.link_id = link.link_id
        self.tls = link.tls
        self.folder = tempfile.TemporaryDirectory(prefix="cii-zmq-")
        self.context = zmq.Context()
        self.dealer = self.context.socket(zmq.DEALER)
        self.dealer.linger = 0
        self.dealer.maxmsgsize = FRAME_MAX
        self.dealer.handshake_ivl = 0
        if identity:
            self.dealer.routing_id = identity
        path = os.path.join(self.folder.name, "link")
        self.dealer.bind("ipc://" + path)
        self.local = socket.socket(socket.AF_UNIX)
        self.local.connect(path)
        self.gone = threading.Event()
        self.pump = threading.Thread(target=self.carry, args=(link.held,),
                                     daemon=True)
        self.pump.start()

    def carry(self, held):
        """Both ways, in one thread: a TLS session belongs to one."""
        self.tls.settimeout(0)
        self.local.setblocking(False)
        to_local, to_tls = held, b""
        try:
            while True:
                want_write = [s for s, data in ((self.local, to_local),
                                                (self.tls, to_tls)) if data]
                if not self.tls.pending():
                    select.select([self.tls, self.local], want_write, [], 1)
                to_local += self.some(self.tls)
                to_tls += self.some(self.local)
                to_local = to_local[self.put(self.local, to_local):]
                to_tls = to_tls[self.put(self.tls, to_tls):]
        except (LinkEnded, OSError, ValueError):
            pass
        self.gone.set()

    @staticmethod
    def some(source):
        try:
            data = source.recv(1 << 16)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return b""
        if not data:
            raise LinkEnded("closed")
        return data

    @staticmethod
    def put(sink, data):
        try:
            return sink.send(data) if data else 0
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return 0

    def send(self, frame):
        self.dealer.send(frame.SerializeToString())

    def receive(self, seconds=PATIENCE):
        end = time.monotonic() + seconds
        while not self.dealer.poll(50):
            if self.gone.is_set():
                raise LinkEnded("closed")
            if time.monotonic() > end:
                raise TimeoutError("nothing came")
        return self.dealer.recv()

    def close(self):
        for plain in (self.tls, self.local):
            try:
                plain.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.pump.join(PATIENCE)
        self.tls.close()
        self.local.close()
        self.dealer.close()
        self.context.term()
        self.folder.cleanup()


# --- events ------------------------------------------------------------------

@dataclasses.dataclass
class Draft:
    """What an event says, before it is issued."""
    type: str
    facets: dict
    on: str = "2026-01-05"
    case: str = ""
    id: bytes = b""
    issuer: str = ""
    test: bool = True
    reply: bytes = b""
    slots: int = 12


def draft(event_type, on="2026-01-05", case="", event_id=b"", issuer="",
          test=True, reply=b"", **facets):
    return Draft(event_type, facets, on, case, event_id, issuer, test, reply)


def content_of(fields):
    content = event_pb.Content()
    for name, value in fields.items():
        content.field.add(name=name, value=value)
    return content.SerializeToString()


def header_of(signed):
    return event_pb.Header.FromString(signed.header)


def fields_of(signed):
    """{facet: {field: value}} of what is disclosed."""
    return {facet.kind: {f.name: f.value for f in
                         event_pb.Content.FromString(facet.content).field}
            for facet in signed.facet}


class Foreign:
    """One institution that is not ours, with its state in memory."""

    def __init__(self, canton, name, keys=True):
        self.canton = canton
        self.name = name
        self.folder = canton.folder / ("foreign-" + name)
        self.folder.mkdir()
        self.port = free_port()
        self.keys = {}          # issuer -> {key id: public key}
        self.events = {}        # event id -> SignedEvent that came
        self.receipts = []      # (Header, Receipt) that came
        self.refused = []       # (seq, why)
        self.out = []           # what our stream holds: Deliver or Void frames
        self.silent = False     # acks nothing
        self.listener = None
        self.begin_stream()
        self.forget_stream()
        if not keys:
            self.sign_only()
        else:
            canton.cii("pki", "issue", "--dir", str(canton.ca), name,
                       "--out", str(self.folder / "keys"))
            pem = (self.folder / "keys" / "signing-key.pem").read_bytes()
            self.signing = serialization.load_pem_private_key(pem, None)

    def sign_only(self):
        """A signing key, and no certificate."""
        keys = self.folder / "keys"
        keys.mkdir()
        (keys / "ca.pem").write_bytes(
            (self.canton.ca / "ca.pem").read_bytes())
        self.signing = ed25519.Ed25519PrivateKey.generate()
        (keys / "signing-key.pub").write_text(
            "ed25519:" + raw_public(self.signing).hex())

    # --- our stream and theirs

    def begin_stream(self):
        self.out_stream = os.urandom(16)
        self.out_chain = [ZEROS]
        self.acked = 0
        kept, self.out = self.out, []
        for frame in kept:
            self.append(frame)

    def forget_stream(self):
        self.in_stream = b""
        self.in_chain = [ZEROS]
        self.in_digests = []

    @property
    def in_seq(self):
        return len(self.in_chain) - 1

    def append(self, frame):
        """Gives a Deliver or Void its place in our stream."""
        seq = len(self.out) + 1
        if frame.HasField("deliver"):
            frame.deliver.seq = seq
            digest = leaf_of(frame.deliver.event.header)
        else:
            frame.void_.seq = seq
            digest = frame.void_.digest
        self.out.append(frame)
        self.out_chain.append(chain_next(self.out_chain[-1], seq, digest))
        return seq

    def trust(self, *institutions):
        """Learns the signing keys of institutions of tests or of others."""
        for other in institutions:
            text = (other.folder / "keys" / "signing-key.pub").read_text()
            public = bytes.fromhex(text.strip().removeprefix("ed25519:"))
            self.keys.setdefault(other.name, {})[key_id(public)] = public

    def verify(self, issuer, key, signature, text):
        """Raises unless a key of the issuer made it; key None: any."""
        for known, public in self.keys.get(issuer, {}).items():
            if key in (None, known):
                ed25519.Ed25519PublicKey.from_public_bytes(public).verify(
                    signature, text)
                return
        raise ValueError(f"{issuer} has no such key")

    # --- TLS

    def context(self, server=False, certificate=None, authority=None,
                alpn=ALPN):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server
                                 else ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        keys = self.folder / "keys"
        context.load_verify_locations(authority or keys / "ca.pem")
        context.verify_mode = ssl.CERT_REQUIRED
        if certificate is None:
            certificate = (keys / "tls-cert.pem", keys / "tls-key.pem")
        else:  # ours may be weak: theirs must refuse it
            context.set_ciphers("DEFAULT:@SECLEVEL=0")
        if certificate:
            context.load_cert_chain(*certificate)
        if alpn:
            context.set_alpn_protocols([alpn])
        if server:
            context.num_tickets = 0
        return context

    def wrap(self, plain, context, server, expect=None):
        plain.settimeout(PATIENCE)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        key_log = self.folder / f"key-log-{os.urandom(4).hex()}"
        context.keylog_filename = str(key_log)
        try:
            tls = context.wrap_socket(plain, server_side=server)
            link = Link(tls, link_id_of(tls, key_log))
        finally:
            context.keylog_filename = None
            key_log.unlink(missing_ok=True)
        if expect:
            assert tls.version() == "TLSv1.3", tls.version()
            assert tls.selected_alpn_protocol() == ALPN
            names = [name for kind, name
                     in tls.getpeercert().get("subjectAltName", ())
                     if kind == "URI" and name.startswith("cii://")]
            assert names == ["cii://" + expect], names
        return link

    def tls(self, office, **context):
        """Dials; TLS only."""
        plain = socket.create_connection(("127.0.0.1", office.port), PATIENCE)
        try:
            return self.wrap(plain, self.context(**context), False, office.name)
        except BaseException:
            plain.close()
            raise

    def listen(self):
        self.listener = socket.create_server(("127.0.0.1", self.port))
        self.listener.settimeout(PATIENCE)

    def accept(self, office, **context):
        plain, _ = self.listener.accept()
        try:
            return self.wrap(plain, self.context(server=True, **context), True,
                             office.name)
        except BaseException:
            plain.close()
            raise

    def dial(self, office, identity=b"", real_zmq=False):
        """A link up to ZMTP's READY."""
        link = self.tls(office).preamble()
        return ZmqLink(link, identity) if real_zmq else link.begin(identity)

    def answer(self, office, identity=b""):
        """The same when the office dials us."""
        return self.accept(office).preamble().begin(identity)

    # --- hello

    def hello(self, link, **changes):
        """Our hello; changes say where it lies."""
        want = link_pb.Position(stream_id=self.in_stream, seq=self.in_seq + 1)
        if self.in_seq:
            want.chain = self.in_chain[-1]
        said = {
            "link_id": link.link_id,
            "version_min": 1,
            "version_max": 1,
            "institution": self.name,
            "stream_id": self.out_stream,
            "oldest": 1,
            "head": len(self.out),
            "want": want,
            "window_events": 1000,
            "window_bytes": 4 << 20,
        }
        said.update(changes)
        return link_pb.Frame(hello=link_pb.Hello(
            **{k: v for k, v in said.items() if v is not None}))

    def greet(self, link, office, **changes):
        """Both hellos; whatever of our stream is not stored there follows."""
        link.send(self.hello(link, **changes))
        frame = self.next(link)
        assert frame.HasField("hello"), frame
        self.greeted(link, office, frame.hello)
        return frame.hello

    def greeted(self, link, office, hello):
        assert hello.link_id == link.link_id, "the exporter of this link"
        assert hello.institution == office.name
        assert hello.version_min <= 1 <= hello.version_max
        assert len(hello.stream_id) == 16
        assert 1 <= hello.oldest <= hello.head + 1
        self.window = hello.window_events
        self.partner = office.name
        self.acked_here = 0
        if hello.stream_id != self.in_stream:
            self.forget_stream()
            self.in_stream = hello.stream_id
        stored = 0
        if hello.want.stream_id == self.out_stream:
            stored = hello.want.seq - 1
            assert stored <= len(self.out), "more than we ever delivered"
            assert self.out_chain[stored] == (hello.want.chain or ZEROS)
        if self.in_seq:
            self.ack(link)
        for frame in self.out[stored:]:
            link.send(frame)

    # --- issuing

    def issue(self, *drafts, signer=None):
        """Signs one batch; a list of SignedEvent, each with its path."""
        signer = signer or self
        headers, facets = [], []
        for one in drafts:
            header, disclosed = self.build(one)
            headers.append(header)
            facets.append(disclosed)
        leaves = [leaf_of(header) for header in headers]
        root = merkle_root(leaves)
        public = raw_public(signer.signing)
        signature = signer.signing.sign(
            batch_text(drafts[0].issuer or self.name, len(leaves), root))
        return [event_pb.SignedEvent(
            header=header,
            proof=event_pb.Proof(path=merkle_path(i, leaves), index=i,
                                 size=len(leaves), signature=signature,
                                 key_id=key_id(public)),
            facet=facets[i]) for i, header in enumerate(headers)]

    def build(self, one):
        slots = sorted(range(one.slots), key=lambda _: os.urandom(4))
        digests = [os.urandom(32) for _ in slots]
        disclosed = []
        for (kind, fields), slot in zip(one.facets.items(), slots):
            content = fields if isinstance(fields, bytes) \
                else content_of(fields)
            facet = event_pb.Facet(slot=slot, kind=kind, salt=os.urandom(32),
                                   content=content)
            digests[slot] = facet_digest(facet.salt, kind, content)
            disclosed.append(facet)
        header = event_pb.Header(
            event_id=one.id or uuid7(), issuer=one.issuer or self.name,
            event_type=one.type, occurred_on=one.on,
            issued_at=int(time.time() * 1000), case_ref=one.case,
            in_reply_to=one.reply, test=one.test, digest=digests)
        return (header.SerializeToString(),
                sorted(disclosed, key=lambda facet: facet.slot))

    def frame_of(self, signed):
        return link_pb.Frame(deliver=link_pb.Deliver(
            event=signed,
            disclosure=link_pb.Disclosure(rule="R00", citation="as agreed")))

    def deliver(self, link, *events):
        for signed in events:
            frame = self.frame_of(signed)
            self.append(frame)
            link.send(frame)

    def receipt(self, first, last, refusals=(), stream=None):
        """What became of deliveries of theirs, as an event of ours."""
        content = event_pb.Receipt(stream_id=stream or self.in_stream,
                                   first=first, last=last, refusal=refusals)
        return self.issue(draft(
            "recu", on=datetime.date.today().isoformat(),
            outcome=content.SerializeToString()))[0]

    # --- what comes

    def next(self, link, seconds=PATIENCE):
        return link_pb.Frame.FromString(link.receive(seconds))

    def ack(self, link, **changes):
        said = {"stream_id": self.in_stream, "up_to": self.in_seq,
                "chain": self.in_chain[-1]}
        said.update(changes)
        signer = said.pop("signer", self)
        signature = said.pop("signature", None) or signer.signing.sign(
            ack_text(self.name, self.partner, said["stream_id"], said["up_to"],
                     said["chain"]))
        link.send(link_pb.Frame(ack=link_pb.Ack(signature=signature, **said)))

    def check(self, signed):
        """Everything that the event's issuer vouches for; or ValueError."""
        header = header_of(signed)
        proof = signed.proof
        root = merkle_climb(leaf_of(signed.header), list(proof.path),
                            proof.index, proof.size)
        self.verify(header.issuer, proof.key_id, proof.signature,
                    batch_text(header.issuer, proof.size, root))
        last = -1
        for facet in signed.facet:
            if not last < facet.slot < len(header.digest):
                raise ValueError("slots out of order")
            last = facet.slot
            if header.digest[facet.slot] != facet_digest(
                    facet.salt, facet.kind, facet.content):
                raise ValueError("a facet is not what its slot commits to")
        return header

    def take(self, link, frame):
        """Stores what came, then acks it."""
        kind = frame.WhichOneof("body")
        if kind == "deliver":
            seq, signed = frame.deliver.seq, frame.deliver.event
            header = self.check(signed)
            digest = leaf_of(signed.header)
            if header.event_type == "recu" and header.issuer != self.name:
                self.receipts.append((header, event_pb.Receipt.FromString(
                    signed.facet[0].content)))
            else:
                known = self.events.get(header.event_id)
                assert known is None or known.header == signed.header
                self.events[header.event_id] = signed
        elif kind == "void_":
            seq, digest = frame.void_.seq, frame.void_.digest
        elif kind == "ack":
            self.take_ack(frame.ack)
            return frame
        else:
            raise AssertionError(f"a second hello: {frame}")
        assert seq == self.in_seq + 1, (seq, self.in_seq)
        self.in_chain.append(chain_next(self.in_chain[-1], seq, digest))
        self.in_digests.append(digest)
        if not self.silent:
            self.ack(link)
        return frame

    def take_ack(self, ack):
        assert ack.stream_id == self.out_stream
        assert self.acked <= ack.up_to <= len(self.out)
        assert ack.chain == self.out_chain[ack.up_to]
        self.verify(self.partner, None, ack.signature,
                    ack_text(self.partner, self.name, ack.stream_id, ack.up_to,
                             ack.chain))
        self.acked = ack.up_to

    def run(self, link, until, seconds=PATIENCE):
        """Takes frames until something is true."""
        end = time.monotonic() + seconds
        taken = []
        while not until():
            left = end - time.monotonic()
            if left <= 0:
                raise AssertionError(f"waited {seconds} s; came: {taken[-5:]}")
            try:
                taken.append(self.take(link, self.next(link, min(left, 0.2))))
            except TimeoutError:
                continue
        return taken

    def is_receipted(self, seq):
        """What the last receipt says of our delivery: reason, or accepted."""
        for _, receipt in reversed(self.receipts):
            if receipt.stream_id == self.out_stream and \
                    receipt.first <= seq <= receipt.last:
                for refusal in receipt.refusal:
                    if refusal.seq == seq:
                        return refusal.reason
                return "accepted"
        return None

    def close(self):
        if self.listener:
            self.listener.close()

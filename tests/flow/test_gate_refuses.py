#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The gate lets partners in, and nobody else.

Two real gates, each with a core of a few lines, and a client that breaks
one rule at a time. Needs CIID_GATE (the program) or build/dev/bin/ciid-gate.
"""
import hashlib
import os
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import tempfile
import time
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
GATE = os.environ.get("CIID_GATE", os.path.join(ROOT, "build/dev/bin/ciid-gate"))
UP, DOWN, CUT, REFUSED = 1, 2, 3, 4
PATIENCE = 20  # seconds: far more than anything here takes

GREETING = (b"\xff" + bytes(8) + b"\x7f\x03\x01" + b"NULL".ljust(20, b"\0")
            + bytes(32))
READY = (b"\x05READY" + b"\x0bSocket-Type" + struct.pack(">I", 6) + b"ROUTER"
         + b"\x08Identity" + struct.pack(">I", 0))
OPENING = GREETING + b"\x04" + bytes([len(READY)]) + READY


def frame(data):
    if len(data) < 256:
        return b"\x00" + bytes([len(data)]) + data
    return b"\x02" + struct.pack(">Q", len(data)) + data


def openssl(*arguments, cwd):
    subprocess.run(["openssl", *arguments], cwd=cwd, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Authority:
    """A CA in a folder, with what it signed and revoked."""

    def __init__(self, folder, name):
        self.folder = os.path.join(folder, name)
        os.makedirs(self.folder)
        with open(self.path("ca.cnf"), "w") as file:
            file.write(
                "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nserial=serial\n"
                "new_certs_dir=.\ncertificate=ca.pem\nprivate_key=ca.key\n"
                "default_md=sha256\npolicy=p\nunique_subject=no\n"
                "default_crl_days=30\ncrl_extensions=c\n[p]\ncommonName="
                "supplied\n[c]\nauthorityKeyIdentifier=keyid\n[req]\n"
                "distinguished_name=n\n[n]\n[v3_ca]\nbasicConstraints="
                "critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n"
                "subjectKeyIdentifier=hash\n")
        open(self.path("index.txt"), "w").close()
        with open(self.path("serial"), "w") as file:
            file.write("1000\n")
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key",
                "-out", "ca.pem", "-subj", "/CN=" + name, "-days", "60",
                "-config", "ca.cnf", "-extensions", "v3_ca", cwd=self.folder)
        self.list()

    def path(self, name):
        return os.path.join(self.folder, name)

    def list(self):
        openssl("ca", "-config", "ca.cnf", "-gencrl", "-out", "crl.pem",
                cwd=self.folder)

    def sign(self, name, names, usage="clientAuth,serverAuth", end=None):
        with open(self.path(name + ".ext"), "w") as file:
            file.write("[e]\nbasicConstraints=CA:FALSE\nkeyUsage=critical,"
                       "digitalSignature\nsubjectKeyIdentifier=hash\n"
                       "authorityKeyIdentifier=keyid\nextendedKeyUsage=%s\n"
                       % usage)
            if names:
                file.write("subjectAltName=%s\n" % names)
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                "-nodes", "-keyout", name + ".key", "-out", name + ".csr",
                "-subj", "/CN=" + name, "-config", "ca.cnf", cwd=self.folder)
        dates = (["-startdate", "20200101000000Z", "-enddate", end] if end
                 else ["-days", "40"])
        openssl("ca", "-batch", "-notext", "-config", "ca.cnf", "-in",
                name + ".csr", "-out", name + ".pem", "-extfile",
                name + ".ext", "-extensions", "e", *dates, cwd=self.folder)
        os.chmod(self.path(name + ".key"), 0o600)

    def revoke(self, name):
        openssl("ca", "-config", "ca.cnf", "-revoke", name + ".pem",
                cwd=self.folder)
        self.list()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def unpack(data):
    kind, number = data[0], int.from_bytes(data[1:9], "big")
    at = 10 + data[9]
    partner = data[10:at].decode()
    reason = data[at + 1:at + 1 + data[at]].decode()
    return kind, partner, number, reason, data[-32:]


def pack(kind, partner, number, reason):
    return (bytes([kind]) + number.to_bytes(8, "big")
            + bytes([len(partner)]) + partner.encode()
            + bytes([len(reason)]) + reason.encode() + bytes(32))


class Office:
    """A gate and the core beside it."""

    def __init__(self, folder, authority, id, partners, listen=None, limits=""):
        self.id = id
        self.folder = tempfile.mkdtemp(dir=folder)
        self.run = os.path.join(self.folder, "r")
        os.makedirs(os.path.join(self.folder, "partners"))
        os.makedirs(self.run)
        for partner, address in partners.items():
            with open(os.path.join(self.folder, "partners",
                                   partner + ".yaml"), "w") as file:
                file.write("id: %s\nname: %s\nsigning_key: [\"ed25519:%s\"]\n"
                           % (partner, partner,
                              hashlib.sha256(partner.encode()).hexdigest()))
                if address:
                    file.write("address: \"%s\"\n" % address)
        with open(os.path.join(self.folder, "ciid.yaml"), "w") as file:
            file.write("institution: %s\nname: %s\nrun_dir: %s\nstate_dir: %s\n"
                       "log_level: 7\n" % (id, id, self.run, self.folder))
            if listen:
                file.write("listen: \"127.0.0.1:%d\"\n" % listen)
            file.write("tls:\n  certificate: %s\n  key: %s\n  authority: %s\n"
                       "  revocation: %s\n"
                       % tuple(authority.path(name) for name in
                               (id + ".pem", id + ".key", "ca.pem", "crl.pem")))
            file.write(limits)
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener.bind(os.path.join(self.run, "gate.sock"))
        self.listener.listen(1)
        self.listener.settimeout(PATIENCE)
        self.log = open(os.path.join(self.folder, "log"), "w+")
        read, write = os.pipe()
        self.gate = subprocess.Popen(
            [GATE, os.path.join(self.folder, "ciid.yaml")], stderr=self.log,
            pass_fds=[write], env=dict(os.environ, CIID_READY_FD=str(write)))
        os.close(write)
        self.notices, _ = self.listener.accept()
        self.notices.settimeout(PATIENCE)
        assert os.read(read, 1), "the gate says that it is ready"
        os.close(read)

    def notice(self, *kinds):
        """The next notice of these kinds."""
        while True:
            data = self.notices.recv(256)
            assert data, "the gate lives: " + self.text()
            got = unpack(data)
            if got[0] in kinds:
                return got

    def up(self):
        """Waits for a link and connects to it."""
        _, partner, number, _, link_id = self.notice(UP)
        link = socket.socket(socket.AF_UNIX)
        link.settimeout(PATIENCE)
        link.connect(os.path.join(self.run, "link", "%s.%d" % (partner, number)))
        return link, partner, number, link_id

    def cut(self, partner, number):
        self.notices.send(pack(CUT, partner, number, "it lied"))

    def text(self):
        self.log.flush()
        with open(self.log.name) as file:
            return file.read()

    def stop(self):
        if self.gate.poll() is None:
            self.gate.send_signal(signal.SIGTERM)
        code = self.gate.wait(PATIENCE)
        self.notices.close()
        self.listener.close()
        self.log.close()
        return code


def read_exactly(link, size):
    data = b""
    while len(data) < size:
        more = link.recv(min(1 << 20, size - len(data)))
        if not more:
            raise EOFError("after %d of %d" % (len(data), size))
        data += more
    return data


def ended(link):
    """Reads until the other side has closed."""
    try:
        while link.recv(65536):
            pass
    except (ConnectionError, ssl.SSLError):
        pass
    return True


class Gate(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="g", dir="/tmp")
        cls.good = Authority(cls.folder, "good")
        cls.bad = Authority(cls.folder, "bad")
        for id in ("vs.orp.sion", "ge.as.hg"):
            cls.good.sign(id, "URI:cii://" + id)
            cls.bad.sign(id, "URI:cii://" + id)
        cls.good.sign("expired", "URI:cii://ge.as.hg", end="20210101000000Z")
        cls.good.sign("revoked", "URI:cii://ge.as.hg")
        cls.good.revoke("revoked")
        cls.good.sign("nameless", "DNS:ge.as.hg")
        cls.good.sign("twofold", "URI:cii://ge.as.hg,URI:cii://vs.orp.sion")
        cls.good.sign("stranger", "URI:cii://be.oai")
        cls.good.sign("server-only", "URI:cii://ge.as.hg", usage="serverAuth")
        cls.good.sign("client-only", "URI:cii://ge.as.hg", usage="clientAuth")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def setUp(self):
        self.home = tempfile.mkdtemp(prefix="h", dir=self.folder)
        self.offices = []
        self.open = []
        self.addCleanup(lambda: [link.close() for link in self.open])

    def tearDown(self):
        for office in self.offices:
            self.assertEqual(office.stop(), 0, office.log.name)
            with open(office.log.name) as file:
                self.assertNotRegex(file.read(), "Sanitizer|runtime error")
            self.assertEqual(os.listdir(os.path.join(office.run, "link")), [])

    def office(self, *arguments, **named):
        office = Office(self.home, self.good, *arguments, **named)
        self.offices.append(office)
        return office

    def listening(self, limits=""):
        port = free_port()
        return self.office("vs.orp.sion", {"ge.as.hg": None}, listen=port,
                           limits=limits), port

    def pair(self):
        first, port = self.listening()
        second = self.office("ge.as.hg",
                             {"vs.orp.sion": "127.0.0.1:%d" % port})
        return first, second

    def context(self, name="ge.as.hg", authority=None, protocol="cii/1"):
        authority = authority or self.good
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.load_verify_locations(self.good.path("ca.pem"))
        if name:
            context.load_cert_chain(authority.path(name + ".pem"),
                                    authority.path(name + ".key"))
        if protocol:
            context.set_alpn_protocols([protocol])
        return context

    def dial(self, port, context):
        plain = socket.create_connection(("127.0.0.1", port), PATIENCE)
        try:
            link = context.wrap_socket(plain)
            self.open.append(link)
            return link
        except (ssl.SSLError, ConnectionError):
            plain.close()
            return None

    def foreign(self, office, port):
        """A partner that is not ours, up to its preamble."""
        link = self.dial(port, self.context())
        link.sendall(b"\x01")
        self.assertEqual(link.recv(1), b"\x01")
        local, partner, number, link_id = office.up()
        self.open.append(local)
        return link, local, partner, number, link_id

    def refuses(self, office, port, context, reason):
        link = self.dial(port, context)
        if link:
            self.assertTrue(ended(link))
            link.close()
        kind, _, _, why, _ = office.notice(UP, REFUSED)
        self.assertEqual(kind, REFUSED)
        self.assertIn(reason, why)

    def test_carries_bytes_between_two_partners(self):
        first, second = self.pair()
        here, partner, _, id_here = first.up()
        there, _, _, id_there = second.up()
        self.assertEqual(partner, "ge.as.hg")
        self.assertEqual(id_here, id_there)

        big = OPENING + frame(os.urandom(300000)) * 20
        for source, sink in ((here, there), (there, here)):
            source.setblocking(False)
            sent, got = 0, b""
            while len(got) < len(big):
                try:
                    if sent < len(big):
                        sent += source.send(big[sent:sent + 1000000])
                except BlockingIOError:
                    pass
                sink.settimeout(PATIENCE)
                got += sink.recv(1 << 20)
            self.assertEqual(got, big)
        here.close()
        self.assertEqual(first.notice(DOWN)[1], "ge.as.hg")
        self.assertEqual(second.notice(DOWN)[1], "vs.orp.sion")
        there.close()
        first.up()[0].close()

    def test_refuses_whoever_it_cannot_name(self):
        office, port = self.listening()
        old = self.context()
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_2
        for context, reason in (
                (self.context(None), "no client certificate"),
                (self.context(authority=self.bad), "unknown CA"),
                (self.context("expired"), "expired"),
                (self.context("revoked"), "revoked"),
                (self.context("nameless"), "without a URI"),
                (self.context("twofold"), "several URIs"),
                (self.context("stranger"), "not a partner"),
                (self.context("server-only"), "not made for this side"),
                (self.context(protocol=None), "ALPN"),
                (self.context(protocol="http/1.1"), "ALPN"),
                (old, "older than 1.3")):
            with self.subTest(reason):
                self.refuses(office, port, context, reason)

    def test_refuses_what_is_not_tls_and_serves_on(self):
        office, port = self.listening()
        with socket.create_connection(("127.0.0.1", port)) as plain:
            plain.sendall(b"GET / HTTP/1.1\r\n\r\n")
            ended(plain)
        self.assertEqual(office.notice(REFUSED)[3], "HTTP instead of TLS")
        link, local, _, _, _ = self.foreign(office, port)
        local.sendall(OPENING)
        self.assertEqual(read_exactly(link, len(OPENING)), OPENING)

    def test_dials_only_the_partner_that_it_meant(self):
        for name, reason in (("stranger", "another institution"),
                             ("client-only", "not made for this side")):
            with self.subTest(name):
                server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                server.load_cert_chain(self.good.path(name + ".pem"),
                                       self.good.path(name + ".key"))
                server.set_alpn_protocols(["cii/1"])
                listener = socket.create_server(("127.0.0.1", 0))
                office = self.office(
                    "vs.orp.sion",
                    {"ge.as.hg": "localhost:%d" % listener.getsockname()[1]})
                plain, _ = listener.accept()
                try:
                    server.wrap_socket(plain, server_side=True).close()
                except (ssl.SSLError, ConnectionError):
                    pass
                _, partner, _, why, _ = office.notice(REFUSED)
                listener.close()
                self.assertEqual(partner, "ge.as.hg")
                self.assertIn(reason, why)

    def test_ends_a_link_whose_partner_breaks_a_rule(self):
        office, port = self.listening()
        for data, reason in (
                (b"GET / HTTP/1.1\r\n", "not a ZMTP greeting"),
                (GREETING[:10] + b"\x02" + GREETING[11:], "older than 3.0"),
                (OPENING + b"\x01\x01x", "several frames"),
                (OPENING + b"\x04\x05\x04PING", "command after READY"),
                (OPENING + b"\x02" + struct.pack(">Q", 1 << 30), "too large")):
            with self.subTest(reason):
                link, local, _, _, _ = self.foreign(office, port)
                link.sendall(data)
                self.assertIn(reason, office.notice(DOWN)[3])
                self.assertTrue(ended(link))
                self.assertTrue(ended(local))
                link.close()
                local.close()

    def test_ends_a_link_that_the_core_cuts(self):
        office, port = self.listening()
        link, local, partner, number, _ = self.foreign(office, port)
        office.cut(partner, number)
        self.assertEqual(office.notice(DOWN)[2], number)
        self.assertTrue(ended(link))
        self.assertTrue(ended(local))

    def test_replaces_a_link_by_a_newer_one(self):
        office, port = self.listening()
        older, _, _, number, _ = self.foreign(office, port)
        newer = self.dial(port, self.context())
        newer.sendall(b"\x01")
        down = office.notice(DOWN)
        local, _, later, _ = office.up()
        self.assertEqual(down[2:4], (number, "replaced by a newer link"))
        self.assertGreater(later, number)
        self.assertTrue(ended(older))
        local.sendall(OPENING)
        self.assertEqual(read_exactly(newer, 1 + len(OPENING))[1:], OPENING)

    def test_keeps_the_link_that_the_smaller_id_dialled(self):
        ports = {"vs.orp.sion": free_port(), "ge.as.hg": free_port()}
        first = self.office("vs.orp.sion",
                            {"ge.as.hg": "127.0.0.1:%d" % ports["ge.as.hg"]},
                            listen=ports["vs.orp.sion"])
        second = self.office(
            "ge.as.hg", {"vs.orp.sion": "127.0.0.1:%d" % ports["vs.orp.sion"]},
            listen=ports["ge.as.hg"])
        here, there = set(), set()
        deadline = time.monotonic() + 3
        for office, stand in ((first, here), (second, there)):
            office.notices.settimeout(0.3)
            while time.monotonic() < deadline:
                try:
                    kind, _, number, _, link_id = office.notice(UP, DOWN)
                except TimeoutError:
                    if stand:
                        break
                    continue
                if kind == UP:
                    office.connected = socket.socket(socket.AF_UNIX)
                    try:
                        office.connected.connect(os.path.join(
                            office.run, "link",
                            "%s.%d" % (unpack_partner(office), number)))
                    except OSError:
                        pass
                    stand.add((number, link_id))
                else:
                    stand.difference_update(
                        {item for item in stand if item[0] == number})
        self.assertEqual(len(here), 1)
        self.assertEqual({id for _, id in here}, {id for _, id in there})

    def test_drops_the_oldest_of_too_many_unfinished_handshakes(self):
        office, port = self.listening("limits:\n  handshakes: 4\n")
        idle = [socket.create_connection(("127.0.0.1", port))
                for _ in range(12)]
        link, local, _, _, _ = self.foreign(office, port)
        local.sendall(OPENING)
        self.assertEqual(read_exactly(link, len(OPENING)), OPENING)
        idle[0].settimeout(PATIENCE)
        self.assertTrue(ended(idle[0]))
        for plain in idle:
            plain.close()

    def test_gives_up_who_does_not_finish_in_time(self):
        office, port = self.listening("limits:\n  handshake_seconds: 1\n")
        silent = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.assertTrue(ended(silent))
        self.assertEqual(office.notice(REFUSED)[3], "no handshake in time")
        link, _, _, _, _ = self.foreign(office, port)
        self.assertEqual(office.notice(DOWN)[3], "no ZMTP in time")
        self.assertTrue(ended(link))

    def test_ends_a_link_whose_core_takes_nothing(self):
        office, port = self.listening("limits:\n  silence_seconds: 1\n")
        link, local, _, _, _ = self.foreign(office, port)
        link.sendall(OPENING)
        link.settimeout(0.2)
        try:
            for _ in range(400):
                link.sendall(frame(bytes(300000)))
        except (TimeoutError, OSError):
            pass
        self.assertEqual(office.notice(DOWN)[3],
                         "the core does not take its bytes")
        with open("/proc/%d/status" % office.gate.pid) as file:
            rss = [line for line in file if line.startswith("VmRSS")][0]
        self.assertLess(int(rss.split()[1]), 200000)  # kB, sanitizers included
        local.close()

    def test_ends_a_link_whose_partner_takes_nothing(self):
        office, port = self.listening("limits:\n  silence_seconds: 1\n")
        link, local, _, number, _ = self.foreign(office, port)
        link.sendall(OPENING)
        read_exactly(local, len(OPENING))
        local.settimeout(0.2)
        try:
            for _ in range(400):
                local.sendall(frame(bytes(300000)))
        except (TimeoutError, OSError):
            pass
        self.assertEqual(office.notice(DOWN)[2], number)
        local.settimeout(PATIENCE)
        self.assertTrue(ended(local))

    def test_lets_a_silent_link_stand(self):
        office, port = self.listening(
            "limits:\n  silence_seconds: 1\n  handshake_seconds: 1\n")
        link, local, _, _, _ = self.foreign(office, port)
        link.sendall(OPENING)
        local.sendall(OPENING)
        read_exactly(link, len(OPENING))
        time.sleep(3)
        link.sendall(frame(b"late"))
        self.assertEqual(read_exactly(local, len(OPENING) + 6)[-4:], b"late")

    def test_ends_all_links_with_the_core_and_comes_back(self):
        office, port = self.listening()
        link, local, _, _, _ = self.foreign(office, port)
        office.notices.close()
        self.assertTrue(ended(link))
        self.assertTrue(ended(local))
        office.notices, _ = office.listener.accept()
        office.notices.settimeout(PATIENCE)
        self.foreign(office, port)

    def test_cuts_who_was_revoked_when_told_to_read_again(self):
        office, port = self.listening()
        self.good.sign("soon", "URI:cii://ge.as.hg")
        link = self.dial(port, self.context("soon"))
        link.sendall(b"\x01")
        self.open.append(office.up()[0])
        self.good.revoke("soon")
        office.gate.send_signal(signal.SIGHUP)
        self.assertIn("revoked", office.notice(DOWN)[3])
        self.assertTrue(ended(link))

    def test_outlives_a_shortage_of_descriptors(self):
        office, port = self.listening("limits:\n  handshake_seconds: 2\n")
        subprocess.run(["prlimit", "--pid", str(office.gate.pid),
                        "--nofile=24:24"], check=True)
        idle = [socket.create_connection(("127.0.0.1", port), PATIENCE)
                for _ in range(60)]
        time.sleep(0.5)
        before = cpu(office.gate.pid)
        time.sleep(0.5)
        self.assertLess(cpu(office.gate.pid) - before, 0.25)
        for plain in idle:
            plain.close()
        self.foreign(office, port)


def unpack_partner(office):
    return os.listdir(os.path.join(office.folder, "partners"))[0][:-5]


def cpu(pid):
    with open("/proc/%d/stat" % pid) as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    unittest.main()

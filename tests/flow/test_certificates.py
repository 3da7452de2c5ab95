#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# ctest: full
"""Whoever cannot show who it is gets no link: whatever is wrong with a
certificate, whether it dials us or we dial it, the handshake is refused, one
line of the log says why, and the other links do not move.
"""
import datetime
import ipaddress
import pathlib
import signal
import socket
import ssl
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from foreign import PATIENCE, Foreign
from institutions import PERSON, Canton, wait_until

NOW = datetime.datetime.utcnow()
DAY = datetime.timedelta(days=1)


def name_of(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def uri(text):
    return x509.UniformResourceIdentifier(text)


class Issuer:
    """Signs what no office would want: with the pilot's key, or its own."""

    def __init__(self, folder, ca=None):
        self.folder = folder
        folder.mkdir(exist_ok=True)
        if ca:
            self.key = serialization.load_pem_private_key(
                (ca / "ca-key.pem").read_bytes(), None)
            self.certificate = x509.load_pem_x509_certificate(
                (ca / "ca.pem").read_bytes())
            return
        self.key = ec.generate_private_key(ec.SECP256R1())
        usage = x509.KeyUsage(False, False, False, False, False, True, True,
                              False, False)
        self.certificate = (
            self.builder(name_of("CII pilot"), self.key.public_key())
            .issuer_name(name_of("CII pilot"))
            .add_extension(x509.BasicConstraints(True, None), True)
            .add_extension(usage, True)
            .sign(self.key, hashes.SHA256()))

    @staticmethod
    def builder(subject, public, begin=NOW - DAY, end=NOW + 300 * DAY):
        return (x509.CertificateBuilder().subject_name(subject)
                .public_key(public)
                .serial_number(x509.random_serial_number())
                .not_valid_before(begin).not_valid_after(end)
                .add_extension(x509.SubjectKeyIdentifier.from_public_key(
                    public), False))

    def sign(self, label, names, begin=NOW - DAY, end=NOW + 300 * DAY,
             key=None, common="ge.cch", alone=False,
             usages=(ExtendedKeyUsageOID.SERVER_AUTH,
                     ExtendedKeyUsageOID.CLIENT_AUTH)):
        """Files with a certificate and its key: (certificate, key)."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        authority = key if alone else self.key
        issuer = name_of(common) if alone else self.certificate.subject
        usage = x509.KeyUsage(True, False, False, False, False, False, False,
                              False, False)
        builder = (self.builder(name_of(common), key.public_key(), begin, end)
                   .issuer_name(issuer)
                   .add_extension(x509.BasicConstraints(False, None), True)
                   .add_extension(usage, True)
                   .add_extension(x509.ExtendedKeyUsage(usages), False)
                   .add_extension(
                       x509.AuthorityKeyIdentifier.from_issuer_public_key(
                           authority.public_key()), False))
        if names:
            builder = builder.add_extension(
                x509.SubjectAlternativeName(names), False)
        certificate = builder.sign(authority, hashes.SHA256())
        paths = (self.folder / f"{label}.pem", self.folder / f"{label}.key")
        paths[0].write_bytes(certificate.public_bytes(
            serialization.Encoding.PEM))
        paths[1].write_bytes(key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption()))
        return paths


# What is wrong, and the reason that the log gives.
WRONG = {
    "expired": "expired",
    "not yet valid": "not yet valid",
    "of another CA of the same name": "unknown CA",
    "self-signed": "unknown CA",
    "without a SAN": "without a URI",
    "with the name of a host only": "without a URI",
    "with two SANs": "several URIs",
    "with an id in capitals": "names no institution",
    "with a path behind the id": "names no institution",
    "of another institution": None,
    "with a key of 1024 bits": "key too",
    "for the other side of a link": "not made for this side",
    "revoked": "revoked",
}


class Server(threading.Thread):
    """A partner that the office dials, and who is not who it should be."""

    def __init__(self, foreign, context, label):
        super().__init__(daemon=True)
        self.foreign = foreign
        self.context = context
        self.label = label
        self.accepted = False
        foreign.listen()
        self.start()

    def run(self):
        while True:
            try:
                plain, _ = self.foreign.listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            plain.settimeout(PATIENCE)
            try:
                with self.context.wrap_socket(plain, server_side=True) as tls:
                    tls.sendall(b"\x01")
                    self.accepted |= tls.recv(1) == b"\x01"
            except (ssl.SSLError, OSError):
                plain.close()


class Certificates(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.canton = cls.enterClassContext(Canton())
        cls.orp = cls.canton.add("ge.orp")
        cls.orp_dials = cls.canton.add("ge.orp.dials")
        cls.canton.add("ge.oai")
        cls.canton.introduce()
        cls.dialler = Foreign(cls.canton, "ge.cch")
        cls.gone = Foreign(cls.canton, "ge.cch.gone")
        cls.revoked = Foreign(cls.canton, "ge.suva")
        for foreign in (cls.dialler, cls.gone):
            cls.orp.know(foreign, dial=False)
        cls.pilot = Issuer(cls.canton.folder / "odd", cls.canton.ca)
        cls.other = Issuer(cls.canton.folder / "other")
        cls.canton.cii("pki", "revoke", "--dir", str(cls.canton.ca), "ge.suva")
        cls.hand_out_list()
        cls.servers = cls.bad_servers()
        for office in cls.canton.offices.values():
            office.start(wait=False)
        for office in cls.canton.offices.values():
            office.wait_ready()
        for office in (cls.orp, cls.orp_dials):
            office.wait_link("ge.oai")
        cls.since = cls.since_of_honest()
        cls.last = {}

    @classmethod
    def hand_out_list(cls):
        for office in (cls.orp, cls.orp_dials):
            (office.folder / "keys" / "crl.pem").write_bytes(
                (cls.canton.ca / "crl.pem").read_bytes())

    @classmethod
    def since_of_honest(cls):
        """Since when the links with who is as it should be stand."""
        rows = [office.link("ge.oai") for office in (cls.orp, cls.orp_dials)]
        return [(row["state"], row["since"]) for row in rows]

    @classmethod
    def bad_servers(cls):
        """One partner for each thing that can be wrong: {what: server}."""
        def server(i, label, reason, context):
            partner = Foreign(cls.canton, f"ge.lmmt.x{i}", keys=False)
            cls.orp_dials.know(partner, dial=True)
            server = Server(partner, context(partner), label)
            cls.addClassCleanup(partner.close)
            return server, reason

        made = {}
        for i, (wrong, reason) in enumerate(WRONG.items()):
            made[wrong] = server(
                i, wrong, reason or "another institution answers there",
                lambda partner, wrong=wrong: partner.context(
                    True, cls.bad(partner.name, wrong)))
        old = cls.dialler.context(True)
        old.minimum_version = ssl.TLSVersion.TLSv1_2
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        for i, (wrong, reason, context) in enumerate((
                ("TLS 1.2", "refuses TLS 1.3", old),
                ("no ALPN", "ALPN", cls.dialler.context(True, alpn=None)),
                ("another ALPN", "ALPN", cls.dialler.context(True, alpn="h2")),
                ("the certificate of another partner", "another institution",
                 cls.dialler.context(True)))):
            made[wrong] = server(i + 50, wrong, reason, lambda _: context)
        return made

    @classmethod
    def bad(cls, who, wrong):
        """The files of a certificate of `who` with which this is wrong."""
        own = "cii://" + who
        sign, label = cls.pilot.sign, f"{who}-{wrong.replace(' ', '-')}"
        server, client = (ExtendedKeyUsageOID.SERVER_AUTH,
                          ExtendedKeyUsageOID.CLIENT_AUTH)
        made = {
            "expired": lambda: sign(label, [uri(own)], NOW - 9 * DAY,
                                    NOW - DAY),
            "not yet valid": lambda: sign(label, [uri(own)], NOW + DAY,
                                          NOW + 9 * DAY),
            "of another CA of the same name":
                lambda: cls.other.sign(label, [uri(own)]),
            "self-signed": lambda: sign(label, [uri(own)], alone=True),
            "without a SAN": lambda: sign(label, [], common=who),
            "with the name of a host only": lambda: sign(
                label, [x509.DNSName(who), x509.IPAddress(
                    ipaddress.ip_address("127.0.0.1"))]),
            "with two SANs": lambda: sign(label, [uri(own),
                                                  uri("cii://ge.oai")]),
            "with an id in capitals": lambda: sign(
                label, [uri(own.replace("ge", "GE"))]),
            "with a path behind the id": lambda: sign(label, [uri(own + "/x")]),
            "of another institution": lambda: sign(label,
                                                   [uri("cii://ge.ccavs")]),
            "with a key of 1024 bits": lambda: sign(
                label, [uri(own)], key=rsa.generate_private_key(65537, 1024)),
            "for the other side of a link": lambda: sign(
                label, [uri(own)],
                usages=(server if who == "ge.cch" else client,)),
            "revoked": lambda: (cls.revoked.folder / "keys" / "tls-cert.pem",
                                cls.revoked.folder / "keys" / "tls-key.pem"),
        }
        return made[wrong]()

    def tearDown(self):
        self.assertEqual(self.since_of_honest(), self.since)
        self.assertEqual(self.orp.link("ge.cch").get("state"), "down")

    def refusals(self, reason, partner="?"):
        """Lines of the gate that refuse for this reason."""
        office = self.orp if partner == "?" else self.orp_dials
        return [line for line in office.log_text().splitlines()
                if f"ciid-gate: refused partner={partner} " in line
                and reason in line]

    def refused(self, context, reason):
        """It dials us: no preamble, and one line."""
        while time.monotonic() - self.last.get(reason, 0) < 1.1:
            time.sleep(0.1)  # one line in a second for one reason
        before = len(self.refusals(reason))
        tcp = socket.create_connection(("127.0.0.1", self.orp.port), PATIENCE)
        try:
            with context.wrap_socket(tcp) as tls:
                self.assertEqual(tls.recv(1), b"")
        except (ssl.SSLError, ConnectionError):
            pass
        finally:
            tcp.close()
        wait_until(lambda: len(self.refusals(reason)) > before,
                   what=f"the log to say: {reason}\n{self.orp.log_tail(5)}")
        self.last[reason] = time.monotonic()
        self.assertEqual(len(self.refusals(reason)), before + 1)

    def test_a_bad_certificate_gets_no_link_when_it_dials(self):
        for wrong, reason in WRONG.items():
            with self.subTest(wrong):
                self.refused(self.dialler.context(
                    certificate=self.bad("ge.cch", wrong)),
                    reason or "not a partner")

    def test_no_certificate_old_tls_and_other_protocols_get_no_link(self):
        context = self.dialler.context
        old = context()
        old.minimum_version = ssl.TLSVersion.TLSv1_2
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        for wrong, how, reason in (
                ("no certificate", context(certificate=()),
                 "no client certificate"),
                ("TLS 1.2", old, "older than 1.3"),
                ("no ALPN", context(alpn=None), "ALPN"),
                ("another ALPN", context(alpn="h2"), "ALPN"),
                ("an ALPN that begins the same", context(alpn="cii/1.1"),
                 "ALPN")):
            with self.subTest(wrong):
                self.refused(how, reason)

    def test_a_bad_certificate_gets_no_link_when_it_is_dialled(self):
        for wrong, (server, reason) in self.servers.items():
            with self.subTest(wrong):
                partner = server.foreign.name
                wait_until(lambda: self.refusals(reason, partner),
                           what=f"{partner} to be refused: {reason}")
                self.assertFalse(server.accepted)
                self.assertEqual(self.orp_dials.link(partner)["state"], "down")
        self.assertNotIn("link up partner=ge.lmmt", self.orp_dials.log_text())

    def test_a_certificate_revoked_while_its_link_stands_loses_it(self):
        link = self.gone.dial(self.orp)
        self.addCleanup(link.close)
        self.gone.greet(link, self.orp)
        self.orp.wait_link("ge.cch.gone")
        self.canton.cii("pki", "revoke", "--dir", str(self.canton.ca),
                        self.gone.name)
        self.hand_out_list()
        self.orp.process.send_signal(signal.SIGHUP)
        self.assertTrue(link.ended())
        self.orp.wait_link("ge.cch.gone", "down")
        self.assertRegex(self.orp.log_text(),
                         "link down partner=ge.cch.gone.*revoked")
        self.refused(self.gone.context(), "revoked")

    def test_a_good_certificate_gets_a_link_after_all_this(self):
        """So that the refusals above are of the certificates."""
        self.dialler.trust(self.orp)
        link = self.dialler.dial(self.orp)
        self.dialler.greet(link, self.orp)
        self.orp.wait_link("ge.cch")
        event = self.orp.send("inscription-orp", to=["ge.cch"],
                              identity=PERSON, dates={"from": "2026-01-05"})
        self.dialler.run(link, lambda: self.dialler.events)
        self.assertEqual([i.hex() for i in self.dialler.events],
                         [event["id"].replace("-", "")])
        link.close()
        self.orp.wait_link("ge.cch", "down")


if __name__ == "__main__":
    unittest.main()

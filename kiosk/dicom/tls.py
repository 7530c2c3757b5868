"""Encrypted connections, both sides with a certificate (PS3.15 B.9, BCP 195: TLS 1.2 or later), and why one failed."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.core.faults import Fault, LinkLost
from kiosk.core.words import N_

ANY = "*"  # instead of a name: whoever has a certificate that we trust
WAIT_S = 5.0
LAST_WORD_S = 0.5  # in which a peer says that it does not like our certificate (TLS 1.3 tells it late)

EXPIRED, OTHER_NAME, UNKNOWN, PLAIN, OLD, REFUSED = "expired", "name", "unknown", "plain", "old", "refused"
WORDS = {
    EXPIRED: N_("The certificate of {whom} has expired or is not valid yet."),
    OTHER_NAME: N_("The certificate of {whom} bears another name."),
    UNKNOWN: N_("The certificate of {whom} is not among those that we trust."),
    PLAIN: N_("{whom} speaks without encryption where we expect it encrypted."),
    OLD: N_("{whom} speaks only an old encryption that is not safe any more."),
    REFUSED: N_("{whom} does not accept our certificate."),
}
STEPS = {
    EXPIRED: N_("Have it renewed, and check the clock of this PC."),
    OTHER_NAME: N_("Check the address and the name in the parameter file."),
    UNKNOWN: N_("Put it, or that of who issued it, into the file of those that we trust."),
    PLAIN: N_("Check the port on both sides, or switch encryption off for it in the parameter file."),
    OLD: N_("Ask its maker for TLS 1.2 or later."),
    REFUSED: N_("Have our certificate entered there."),
}
_OF_VERIFY = {9: EXPIRED, 10: EXPIRED, 62: OTHER_NAME, 64: OTHER_NAME}  # X509_V_ERR_*, all others: not trusted
_OF_REASON = (
    ("CERTIFICATE_EXPIRED", REFUSED),
    ("ALERT_PROTOCOL_VERSION", OLD),
    ("UNSUPPORTED_PROTOCOL", OLD),
    ("VERSION_TOO_LOW", OLD),
    ("NO_SHARED_CIPHER", OLD),
    ("DID_NOT_RETURN_A_CERTIFICATE", UNKNOWN),
    ("ALERT", REFUSED),
    ("WRONG_VERSION", PLAIN),
    ("UNKNOWN_PROTOCOL", PLAIN),
    ("HTTP_REQUEST", PLAIN),
    ("RECORD_LAYER_FAILURE", PLAIN),
    ("PACKET_LENGTH", PLAIN),
)


@dataclass(frozen=True)
class TlsFiles:
    """PEM files of this station. ``key`` may lie in the certificate's file; ``trusted`` holds the certificates of
    peers, or of those who issued them.
    """

    certificate: Path
    key: Path
    trusted: Path

    def listening(self) -> ssl.SSLContext:
        """For who calls us: it must show a certificate that we trust. Raises Fault."""
        context = self._context(ssl.PROTOCOL_TLS_SERVER)
        context.verify_mode = ssl.CERT_REQUIRED
        return context

    def calling(self, name: str) -> ssl.SSLContext:
        """For whom we call, known by ``name``. Raises Fault."""
        context = self._context(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = name != ANY
        return context

    def _context(self, side: int) -> ssl.SSLContext:
        context = ssl.SSLContext(side)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.verify_flags &= ~getattr(ssl, "VERIFY_X509_STRICT", 0)  # certificates of devices are often makeshift
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # the file may name a peer itself, not who issued it
        for path in (self.certificate, self.key, self.trusted):
            if not path.is_file():
                raise Fault(
                    N_("The certificate file {path} is not there."),
                    N_("Put it there, or correct [modes.gateway.tls] in the parameter file."),
                    reference="L540",
                    path=str(path),
                )
        try:
            context.load_cert_chain(self.certificate, self.key, password=lambda: "")
            context.load_verify_locations(self.trusted)
        except (OSError, ValueError) as why:  # SSLError is an OSError
            raise Fault(
                N_("The certificate {path} and its key do not fit, or a file is not PEM without a password: {reason}."),
                N_("Have both files made anew, or correct [modes.gateway.tls] in the parameter file."),
                reference="L541",
                path=str(self.certificate),
                reason=str(getattr(why, "reason", "") or type(why).__name__),
            ) from why
        return context


@dataclass(frozen=True)
class Secure:
    """A node is spoken to encrypted alone; ``name`` is what its certificate must bear, or ``*``."""

    files: TlsFiles
    name: str = ANY

    def arguments(self) -> tuple[ssl.SSLContext, str | None]:
        """For pynetdicom's ``tls_args``. Raises Fault."""
        return self.files.calling(self.name), None if self.name == ANY else self.name

    def is_borne_by(self, certificate: Mapping[str, Any]) -> bool:
        """Does this certificate (``getpeercert()``) bear the name?"""
        return self.name == ANY or self.name.casefold() in names_in(certificate)


def names_in(certificate: Mapping[str, Any]) -> set[str]:
    """Common names, DNS names and addresses, in small letters."""
    names = {value for kind, value in certificate.get("subjectAltName", ()) if kind in ("DNS", "IP Address")}
    subject = (pair for group in certificate.get("subject", ()) for pair in group)
    return {each.casefold() for each in names | {value for kind, value in subject if kind == "commonName"}}


def reason_of(why: BaseException) -> str:
    """Which of the reasons it was; empty for another one (a lost connection)."""
    if isinstance(why, ssl.SSLCertVerificationError):
        return _OF_VERIFY.get(why.verify_code, UNKNOWN)
    if isinstance(why, ssl.SSLError):
        told = str(why.reason or "").upper()
        return next((kind for part, kind in _OF_REASON if part in told), "")
    return ""


def why_not(whom: str, secure: Secure, address: str, port: int) -> LinkLost:
    """Shake hands once more to hear why it did not work."""
    context, name = secure.arguments()
    cut_off = PLAIN  # what it means where the line ends without a word
    try:
        with (
            socket.create_connection((address, port), WAIT_S) as line,
            context.wrap_socket(line, server_hostname=name) as safe,
        ):
            cut_off = REFUSED
            safe.settimeout(LAST_WORD_S)
            with contextlib.suppress(TimeoutError):
                safe.recv(1)
    except (ssl.SSLEOFError, ConnectionResetError):
        return lost(whom, cut_off)
    except OSError as why:
        return lost(whom, reason_of(why))
    return LinkLost(whom)


def lost(whom: str, reason: str) -> LinkLost:
    """The fault that says so."""
    return LinkLost(whom, WORDS[reason], STEPS[reason]) if reason in WORDS else LinkLost(whom)

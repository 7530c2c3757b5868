"""Certificates for tests, made with openssl: an issuer of ours, those it issued, and some that nobody should trust."""

from __future__ import annotations

import subprocess
from pathlib import Path

from kiosk.dicom.tls import TlsFiles
from tests.needs import tool


class Issuer:
    """``issue`` gives (certificate, key) files; ``files`` what a station is told."""

    def __init__(self, folder: Path, name: str = "issuer") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._name = folder, name
        self.certificate, self._key = folder / f"{name}.pem", folder / f"{name}.key"
        _openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
            "-subj", f"/CN={name}", "-keyout", self._key, "-out", self.certificate,
        )  # fmt: skip

    def issue(self, name: str, *, expired: bool = False) -> tuple[Path, Path]:
        """A certificate with ``name`` as its common name and DNS name."""
        base = self._folder / f"{name}-{self._name}{'-old' if expired else ''}"
        key, request, made, more = (base.with_suffix(each) for each in (".key", ".csr", ".crt", ".ext"))
        more.write_text(f"subjectAltName=DNS:{name}\n")
        _openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
            "-keyout", key, "-out", request,
        )  # fmt: skip
        days = ("-days", "-1") if expired else ("-days", "30")
        _openssl(
            "x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self._key, "-CAcreateserial", *days,
            "-extfile", more, "-out", made,
        )  # fmt: skip
        return made, key

    def files(self, name: str, *, expired: bool = False, trusted: Path | None = None) -> TlsFiles:
        certificate, key = self.issue(name, expired=expired)
        return TlsFiles(certificate, key, trusted or self.certificate)


def _openssl(*words: object) -> None:
    program = tool("openssl")
    assert program is not None
    subprocess.run([str(program), *map(str, words)], check=True, capture_output=True)

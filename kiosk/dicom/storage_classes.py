"""The storage classes of everyday work and the compressions they come in, for where they must be named beforehand."""

from __future__ import annotations

_STORAGE = "1.2.840.10008.5.1.4.1.1."

EVERYDAY = tuple(
    _STORAGE + tail
    for tail in (
        "1", "1.1", "1.1.1", "1.2", "1.2.1", "2", "2.1", "3.1", "4", "4.1", "6.1", "7", "7.2", "7.3", "7.4",
        "12.1", "12.2", "77.1.1", "77.1.1.1", "77.1.4", "77.1.4.1", "77.1.5.1", "77.1.5.4", "9.1.1", "9.1.2",
        "11.1", "13.1.3", "20", "88.11", "88.22", "88.33", "88.59", "88.67", "104.1", "128", "3", "5", "6",
    )
)  # fmt: skip
"""CR, DX, MG, CT, MR, US, SC, XA, RF, endoscopy, photography, fundus, OCT, ECG, NM, PET, reports, key objects, PDF."""

SQUEEZED = (
    "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91",
    "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.80",
    "1.2.840.10008.1.2.4.81", "1.2.840.10008.1.2.4.100", "1.2.840.10008.1.2.4.102", "1.2.840.10008.1.2.4.103",
)  # fmt: skip
"""JPEG, JPEG lossless, JPEG 2000, RLE first: what devices of a health-check centre write."""

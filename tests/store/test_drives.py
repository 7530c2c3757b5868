"""Network paths, as pure rules."""

from __future__ import annotations

from kiosk.store.drives import file_system_of

MOUNTS = r"""
/dev/sda1 / ext4 rw 0 0
//nas/share /mnt/nas cifs rw 0 0
srv:/vol /mnt/my\040disk nfs4 rw 0 0
tmpfs /mnt/nas/local tmpfs rw 0 0
"""


def test_the_deepest_mount_that_holds_the_path_counts() -> None:
    assert file_system_of("/home/x", MOUNTS) == "ext4"
    assert file_system_of("/mnt/nas/data", MOUNTS) == "cifs"
    assert file_system_of("/mnt/nasty", MOUNTS) == "ext4"
    assert file_system_of("/mnt/nas/local/a", MOUNTS) == "tmpfs"
    assert file_system_of("/mnt/my disk/a", MOUNTS) == "nfs4"

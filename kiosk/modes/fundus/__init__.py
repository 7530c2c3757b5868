"""Fundus intake: pictures of the fundus camera, by FTP or a shared folder."""

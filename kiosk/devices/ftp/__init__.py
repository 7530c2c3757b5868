"""The FTP door: cameras put their pictures here."""

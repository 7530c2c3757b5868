"""The viewer: pictures of a study or of any file, leafed through and windowed by keyboard or mouse."""

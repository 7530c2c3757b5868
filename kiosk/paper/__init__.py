"""Pages: PDF from core facts, with every font inside the file."""

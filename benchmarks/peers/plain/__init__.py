"""One run a call, pure Python."""

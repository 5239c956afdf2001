"""Doors to providers outside; a channel is one file or one folder here, put together in `bot/wiring.py`."""

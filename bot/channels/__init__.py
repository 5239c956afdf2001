"""Channels: other doors than the web, to people and to providers. A channel is one file or
one folder here, put together in `bot/wiring.py`."""

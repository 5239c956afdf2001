"""Channels: other doors than the web through which people reach the office. One folder or file a channel."""

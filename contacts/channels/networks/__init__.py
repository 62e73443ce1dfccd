"""Mastodon, WhatsApp, Messenger, Instagram, and any system that signs its webhooks."""

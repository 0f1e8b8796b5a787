"""Plays a mail provider: an IMAP and an SMTP server with mailboxes, and those who write to them."""

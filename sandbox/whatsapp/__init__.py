"""The stand-in of WhatsApp: accounts, messages, templates, media, webhooks; Graph API v26.0."""

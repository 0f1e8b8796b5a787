"""From a queued message to the platform: claims, errors, limits. See `machine.deliver`."""

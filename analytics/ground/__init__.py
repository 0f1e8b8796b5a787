"""The page that both departments read: one funnel, and what they say of each other's leads."""

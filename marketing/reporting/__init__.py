"""How broadcasts fared. Each figure is a filter of recipients, so that whoever opens one sees as
many people as it says."""

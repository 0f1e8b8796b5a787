"""What happened and counts: written from the journal, exactly once."""

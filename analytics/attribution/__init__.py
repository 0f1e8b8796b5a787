"""Who gets the credit for a deal: touches, weighed at the moment of reading."""

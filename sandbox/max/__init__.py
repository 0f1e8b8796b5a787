"""A stand-in of MAX's Bot API, schema 0.0.33: under `/max`."""

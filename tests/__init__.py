"""Tests, one folder per package, plus the browser's stories and the architecture."""

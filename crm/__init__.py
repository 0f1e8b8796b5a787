"""Pipelines, deals, tasks and goals."""

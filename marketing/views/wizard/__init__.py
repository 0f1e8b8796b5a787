"""Preparing a broadcast, step by step. Each step is stored when one goes on."""

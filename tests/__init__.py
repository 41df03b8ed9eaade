"""Mirrors bot/: real databases, the real Application, real HTTP to the sandbox, a still clock, no mocks."""

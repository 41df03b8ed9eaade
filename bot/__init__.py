"""LDN Companion."""

"""Kills, cut connections, full disks, jumping clocks: what is lost, and what comes twice?"""

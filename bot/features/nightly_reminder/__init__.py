"""The nightly reminder, what a patient answers to it, and /today: "did I take it?"."""

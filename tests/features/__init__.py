"""What a patient taps and reads, over real HTTP."""

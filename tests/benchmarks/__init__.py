"""What is measured, and against whom; run by hand, never as timed tests."""

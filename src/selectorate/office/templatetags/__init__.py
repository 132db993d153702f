"""What templates of the office can ask for."""

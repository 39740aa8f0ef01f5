"""What the book claims, and what holds it: claims, findings, sweeps, the matrix, the history."""

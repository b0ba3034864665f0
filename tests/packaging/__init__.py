"""What is published works where there is nothing else."""

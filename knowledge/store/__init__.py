"""Where everything that lasts is kept. SQL is written here and nowhere else."""

"""Running: documents as jobs on workers and clusters, what is up to date, delivery of whole files."""

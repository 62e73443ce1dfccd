"""What the pages cost on a large database, through the real web server: python -m tests.bench --contacts N."""

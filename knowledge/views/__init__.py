"""What people do with the knowledge base: one module for each group of pages."""

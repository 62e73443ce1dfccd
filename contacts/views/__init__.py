"""What the contact centre sees and does: the desk, customers, cases and drafts."""

"""What developers and tests need beside the product; nothing of it is installed with it."""

"""Tools for development and tests. They are not installed with the product."""

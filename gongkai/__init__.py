"""The library: catalog, queries, search engines, semantic search, staff functions."""

"""The command line: the one room that sees both the indexer and the API."""

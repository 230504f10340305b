"""Compares gongkai with alternatives in one run: `python -m bench.peers`."""

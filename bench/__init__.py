"""Measurements: ratios side by side in one run, and rates on the real data beside the checkout."""

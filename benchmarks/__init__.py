"""The figures that a release quotes: `python -m benchmarks NAME`, one module each."""

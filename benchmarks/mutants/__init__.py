"""Would the tests notice? `python -m benchmarks.mutants`."""

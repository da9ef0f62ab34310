"""The drivers: each carries out a flow, with a client whose calls block or with one whose calls are awaited."""

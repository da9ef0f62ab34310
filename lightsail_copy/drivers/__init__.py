"""The drivers: each carries out a flow, with a client whose calls block or one whose calls are awaited."""

"""The command `lightsail-copy`, which needs the extra `cli`."""

from lightsail_copy.cli.app import app
from lightsail_copy.cli.invocation import Tools

__all__ = ["Tools", "app"]

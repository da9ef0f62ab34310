"""
Name the servers whose newest copy is too old, and exit with status 1 if there is one.

    lightsail-copy snapshots --region us-west-2 --output json | python check_copies.py 2 web-1 db-1

The first argument is the maximum age in days, by the date in the name: copies are named SERVER-YYYY-MM-DD.
"""

import json
import sys
from datetime import datetime, timedelta, timezone

max_age, *servers = sys.argv[1:]
lists = json.load(sys.stdin)
usable = {each["name"] for some in lists.values() for each in some if each["state"] in {"available", "completed"}}
today = datetime.now(timezone.utc).date()
fresh = [today - timedelta(days=age) for age in range(int(max_age) + 1)]
late = [server for server in servers if not usable & {f"{server}-{day}" for day in fresh}]
messages = []
for server in late:
    dates = sorted(name[len(server) + 1 :] for name in usable if name.startswith(f"{server}-2"))
    messages.append(f"{server}: the newest copy is of {dates[-1]}" if dates else f"{server}: there is no usable copy")
sys.exit("\n".join(messages) or 0)

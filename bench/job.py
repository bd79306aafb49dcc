"""One measurement in a process of its own: `python -m bench.job mail.reads ARGUMENTS-AS-JSON` prints one JSON line."""

import json
import sys
from importlib import import_module

if __name__ == "__main__":
    module, _, function = sys.argv[1].partition(".")
    job = getattr(import_module(f"bench.jobs.{module}"), function)
    print(json.dumps(job(**json.loads(sys.argv[2]))))

"""A contender of Kazoo's Election. Arguments: connect string, path, session timeout in seconds.

Prints "LEADER" once it leads, and leads until it is killed.
"""

import sys
import threading

from kazoo.client import KazooClient


def lead():
    print("LEADER", flush=True)
    threading.Event().wait()


def main(hosts, path, session_timeout_s):
    client = KazooClient(hosts=hosts, timeout=float(session_timeout_s))
    client.start(timeout=30)
    print("READY", flush=True)
    client.Election(path).run(lead)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""What Kazoo can do, done on a server whose address is the argument; prints `ok: NAME` for each exercise.

Waits for a line on its standard input where the server is restarted, and where a session is ended.
"""

import sys
import threading
import traceback

from kazoo.client import KazooClient, KazooState
from kazoo.exceptions import (
    BadVersionError,
    NodeExistsError,
    NoNodeError,
    NotEmptyError,
    NoAuthError,
    RolledBackError,
)
from kazoo.security import make_digest_acl

ADDRESS = sys.argv[1]
LIMIT_S = 20


def new_client(**options):
    client = KazooClient(hosts=ADDRESS, timeout=10, **options)
    client.start(timeout=LIMIT_S)
    return client


def waits(event, what):
    assert event.wait(LIMIT_S), f"waited {LIMIT_S} s for {what}"


def raises(error, act, *arguments, **words):
    try:
        act(*arguments, **words)
    except error:
        return
    raise AssertionError(f"{error.__name__} was expected")


def exercise_client(zk):
    zk.ensure_path("/client/deep")
    raises(NodeExistsError, zk.create, "/client/deep")
    raises(NoNodeError, zk.get, "/client/none")
    raises(NotEmptyError, zk.delete, "/client")
    stat = zk.set("/client/deep", b"one")
    assert stat.version == 1, stat
    raises(BadVersionError, zk.set, "/client/deep", b"two", version=0)
    assert zk.get("/client/deep")[0] == b"one"
    names = [zk.create("/client/n-", sequence=True) for _ in range(3)]
    assert names == sorted(names), names
    path, stat = zk.create("/client/large", b"x" * 900_000, include_data=True)
    assert stat.data_length == 900_000, stat
    zk.delete("/client", recursive=True)
    assert zk.exists("/client") is None


def exercise_transaction(zk):
    zk.ensure_path("/transaction")
    good = zk.transaction()
    good.create("/transaction/a", b"1")
    good.set_data("/transaction", b"2")
    good.check("/transaction", 1)
    assert good.commit()[0] == "/transaction/a"
    bad = zk.transaction()
    bad.create("/transaction/b")
    bad.check("/transaction", 7)
    results = bad.commit()
    assert isinstance(results[0], RolledBackError), results
    assert isinstance(results[1], BadVersionError), results
    assert zk.get_children("/transaction") == ["a"]


def exercise_acl(zk):
    with_rights = new_client(auth_data=[("digest", "user:secret")])
    acl = make_digest_acl("user", "secret", all=True)
    with_rights.create("/locked", b"hidden", acl=[acl])
    raises(NoAuthError, zk.get, "/locked")
    assert with_rights.get("/locked")[0] == b"hidden"
    assert with_rights.get_acls("/locked")[0] == [acl]
    zk.add_auth("digest", "user:secret")
    assert zk.get("/locked")[0] == b"hidden"
    with_rights.stop()


def exercise_watchers(zk):
    zk.ensure_path("/watched")
    seen, changed = [], threading.Event()

    @zk.DataWatch("/watched")
    def on_data(data, stat, event=None):
        seen.append(data)
        if data == b"three":
            changed.set()

    for text in (b"one", b"two", b"three"):
        zk.set("/watched", text)
    waits(changed, "the last change")
    assert seen[-1] == b"three" and seen == sorted(seen, key=[b"", b"one", b"two", b"three"].index), seen

    grown = threading.Event()

    @zk.ChildrenWatch("/watched")
    def on_children(children):
        if sorted(children) == ["a", "b"]:
            grown.set()

    zk.create("/watched/a")
    zk.create("/watched/b")
    waits(grown, "both children")
    gone = threading.Event()
    zk.exists("/watched/a", watch=lambda event: gone.set() if event.type == "DELETED" else None)
    zk.delete("/watched/a")
    waits(gone, "the deletion")


def exercise_lock(zk):
    other = new_client()
    inside, order = [], []

    def work(client, name):
        for _ in range(5):
            with client.Lock("/lock", name):
                inside.append(name)
                assert len(inside) == 1, inside
                order.append(name)
                inside.pop()

    threads = [threading.Thread(target=work, args=pair) for pair in ((zk, "one"), (other, "two"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT_S)
    assert len(order) == 10, order
    lock = zk.Lock("/lock", "one")
    lock.acquire()
    assert not other.Lock("/lock", "two").acquire(blocking=False)
    assert other.Lock("/lock", "two").contenders() == ["one"]
    lock.release()
    semaphore = zk.Semaphore("/semaphore", max_leases=1)
    with semaphore:
        assert not other.Semaphore("/semaphore", max_leases=1).acquire(blocking=False)
    other.stop()


def exercise_election(zk):
    other = new_client()
    leading, ended = threading.Event(), threading.Event()
    second = threading.Event()

    def lead():
        leading.set()
        waits(ended, "the end of the first reign")

    first = threading.Thread(target=zk.Election("/election", "one").run, args=(lead,))
    first.start()
    waits(leading, "the first leader")
    follower = threading.Thread(target=other.Election("/election", "two").run, args=(second.set,))
    follower.start()
    assert not second.wait(0.2), "two lead"
    ended.set()
    waits(second, "the second leader")
    first.join(LIMIT_S)
    follower.join(LIMIT_S)
    other.stop()


def exercise_recipes(zk):
    counter = zk.Counter("/counter")
    counter += 5
    counter -= 2
    assert counter.value == 3, counter.value
    queue = zk.LockingQueue("/queue")
    queue.put_all([b"one", b"two"])
    assert queue.get(LIMIT_S) == b"one" and queue.consume()
    assert queue.get(LIMIT_S) == b"two" and queue.consume()
    barrier = zk.Barrier("/barrier")
    barrier.create()
    assert not barrier.wait(0.1)
    barrier.remove()
    assert barrier.wait(LIMIT_S)
    party = zk.Party("/party", "guest")
    party.join()
    assert list(party) == ["guest"]
    party.leave()


def exercise_restart(zk):
    before = zk.client_id
    zk.create("/mine", b"still here", ephemeral=True)
    states, back = [], threading.Event()

    def listen(state):
        states.append(state)
        if state == KazooState.CONNECTED:
            back.set()

    zk.add_listener(listen)
    watched = threading.Event()
    zk.exists("/after", watch=lambda event: watched.set())
    ask("restart")
    waits(back, "the server")
    zk.remove_listener(listen)
    assert states == [KazooState.SUSPENDED, KazooState.CONNECTED], states
    assert zk.client_id == before, "another session"
    data, stat = zk.get("/mine")
    assert data == b"still here" and stat.ephemeralOwner == before[0], stat
    zk.create("/after")
    waits(watched, "a watch that was set before the restart")


def exercise_expiry(zk):
    lost, back = threading.Event(), threading.Event()

    def listen(state):
        if state == KazooState.LOST:
            lost.set()
        if state == KazooState.CONNECTED:
            back.set()

    victim = new_client()
    before = victim.client_id
    victim.create("/victim", ephemeral=True)
    victim.add_listener(listen)
    ask(f"expire {before[0]}")
    waits(lost, "the end of the session")
    waits(back, "a new session")
    assert victim.client_id != before
    assert zk.exists("/victim") is None
    victim.stop()


def exercise_leaving(zk):
    leaving = new_client()
    leaving.create("/leaving", ephemeral=True)
    gone = threading.Event()
    zk.exists("/leaving", watch=lambda event: gone.set())
    leaving.stop()
    waits(gone, "the node of a session that was closed")


def ask(text):
    print(text, flush=True)
    sys.stdin.readline()


EXERCISES = (
    exercise_client,
    exercise_transaction,
    exercise_acl,
    exercise_watchers,
    exercise_lock,
    exercise_election,
    exercise_recipes,
    exercise_restart,
    exercise_expiry,
    exercise_leaving,
)


def main():
    zk = new_client()
    for exercise in EXERCISES:
        name = exercise.__name__.removeprefix("exercise_")
        try:
            exercise(zk)
            print(f"ok: {name}", flush=True)
        except Exception:
            print(f"FAILED: {name}\n{traceback.format_exc()}", flush=True)
    zk.stop()
    print("done", flush=True)


main()

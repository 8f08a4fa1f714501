"""Reads a masterd election with Kazoo and prints what it found as one line of JSON.

Arguments: connect string, latch path, path of the leader information.
Knows nothing of masterd: contenders are ordered by the rule of Curator's LeaderLatch, and the leader
information is taken apart by the description of Java's object stream.
"""

import json
import struct
import sys
import uuid

from kazoo.client import KazooClient
from kazoo.exceptions import NoNodeError

UUID_CLASS = (
    b"sr\x00\x0ejava.util.UUID" + struct.pack(">qBH", -4856846361193249489, 2, 2)
    + b"J\x00\x0cleastSigBitsJ\x00\x0bmostSigBits" + b"xp"
)


def sort_key(name):
    """What follows the last "latch-", compared by UTF-16 units as Java does."""
    return name.rsplit("latch-", 1)[-1].encode("utf-16-be")


def read_contender(client, latch_path, name):
    data, stat = client.get(f"{latch_path}/{name}")
    return {
        "name": name,
        "data": data.decode("utf-8"),
        "sessionId": str(stat.ephemeralOwner),
        "czxid": str(stat.czxid),
    }


def read_leader_information(client, path):
    try:
        data, stat = client.get(path)
    except NoNodeError:
        return None
    address, session_id = parse_java_stream(data)
    return {"address": address, "leaderSessionId": session_id, "sessionId": str(stat.ephemeralOwner)}


def parse_java_stream(data):
    if data[:4] != b"\xac\xed\x00\x05":
        raise ValueError("not a Java object stream")
    block, offset = b"", 4
    while data[offset] in (0x77, 0x7A):
        header = struct.Struct(">BB" if data[offset] == 0x77 else ">BI")
        _, length = header.unpack_from(data, offset)
        offset += header.size
        block += data[offset:offset + length]
        offset += length
    if data[offset:-16] != UUID_CLASS:
        raise ValueError("not a UUID behind the address")
    (length,) = struct.unpack_from(">H", block)
    if length != len(block) - 2:
        raise ValueError("address length does not fit its block")
    least, most = struct.unpack(">QQ", data[-16:])
    return block[2:].decode("utf-8"), str(uuid.UUID(int=most << 64 | least))


def main(hosts, latch_path, information_path):
    client = KazooClient(hosts=hosts)
    client.start(timeout=10)
    try:
        names = sorted(client.get_children(latch_path), key=sort_key)
        print(json.dumps({
            "contenders": [read_contender(client, latch_path, name) for name in names],
            "leaderInformation": read_leader_information(client, information_path),
        }))
    finally:
        client.stop()
        client.close()


if __name__ == "__main__":
    main(*sys.argv[1:])

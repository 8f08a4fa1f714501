"""A plugin of pytest that gives Kazoo's own tests another server than the cluster that they start.

ZOOKEEPER_BIN_PATH is the folder of the zkServer.sh that starts it. Kazoo's harness asks get_global_cluster().
"""

import atexit
import os
import shutil
import socket
import subprocess
import tempfile
import time

from kazoo.testing import harness

HOST = "127.0.0.1"
LIMIT_S = 30
PROPERTIES = (
    "-Dzookeeper.extendedTypesEnabled=true "
    # Of the password `test`, as Kazoo's harness has it.
    "-Dzookeeper.DigestAuthenticationProvider.superDigest=super:D/InIHSb7yEEbrWz8b9l71RjZJU="
)


def free_port():
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return listener.getsockname()[1]


class Server:
    def __init__(self):
        self.port = free_port()
        self.folder = tempfile.mkdtemp(prefix="masterd_kazoo_")
        self.process = None

    @property
    def address(self):
        return f"{HOST}:{self.port}"

    @property
    def running(self):
        return self.process is not None

    def run(self):
        if self.running:
            return
        data = os.path.join(self.folder, "data")
        os.makedirs(data, exist_ok=True)
        configuration = os.path.join(self.folder, "zoo.cfg")
        with open(configuration, "w") as file:
            file.write(
                f"tickTime=2000\ndataDir={data}\nclientPort={self.port}\nclientPortAddress={HOST}\n"
                "maxClientCnxns=0\nadmin.enableServer=false\n4lw.commands.whitelist=*\nreconfigEnabled=true\n"
            )
        program = os.path.join(os.environ["ZOOKEEPER_BIN_PATH"], "zkServer.sh")
        with open(os.path.join(self.folder, "log"), "a") as log:
            self.process = subprocess.Popen(
                [program, "start-foreground", configuration],
                env={**os.environ, "SERVER_JVMFLAGS": PROPERTIES},
                stdout=log,
                stderr=log,
            )
        self.wait()

    def wait(self):
        limit = time.monotonic() + LIMIT_S
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > limit:
                raise RuntimeError("\n".join(["Cannot start the server:", *self.get_logs()]))
            time.sleep(0.05)

    def answers(self):
        try:
            with socket.create_connection((HOST, self.port), timeout=1) as connection:
                connection.sendall(b"srvr")
                return connection.recv(1024).startswith(b"Zookeeper version")
        except OSError:
            return False

    def stop(self):
        if not self.running:
            return
        self.process.terminate()
        self.process.wait(LIMIT_S)
        self.process = None

    def destroy(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def reset(self):
        self.stop()
        shutil.rmtree(os.path.join(self.folder, "data"), ignore_errors=True)

    def get_logs(self):
        with open(os.path.join(self.folder, "log")) as file:
            return file.read().splitlines()[-100:]


class Cluster:
    """What Kazoo's tests use of ZookeeperCluster."""

    def __init__(self):
        self.servers = [Server()]

    def __iter__(self):
        return iter(self.servers)

    def __getitem__(self, index):
        return self.servers[index]

    def start(self):
        for server in self:
            server.run()

    def terminate(self):
        for server in self:
            server.destroy()

    def reset(self):
        for server in self:
            server.reset()

    def get_logs(self):
        return self.servers[0].get_logs()


CLUSTER = Cluster()
atexit.register(CLUSTER.terminate)
harness.get_global_cluster = lambda: CLUSTER

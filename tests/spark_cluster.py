"""A cluster of Spark's own on this machine, for tests: a master, two workers, and a Spark Connect server. `python -m tests.spark_cluster` starts one.

It needs Java 17 and the folder of a Spark distribution in SPARK_HOME (the package pyspark has one: the folder with `bin` and `jars`).
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from data.spark import SparkUnreachable

PATIENCE_S = 240
MASTER, WORKER, CONNECT = "deploy.master.Master", "deploy.worker.Worker", "sql.connect.service.SparkConnectServer"


def distribution() -> Path | None:
    """The Spark of SPARK_HOME; None where there is none, or no Java."""
    home = Path(os.environ.get("SPARK_HOME", ""))
    return home if (home / "bin" / "spark-class").is_file() and shutil.which("java") else None


class Cluster:
    """Use it as a context manager; `address` is its Spark Connect server's."""

    def __init__(self, home: Path, workers: int = 2) -> None:
        self._home, self._folder = home, Path(tempfile.mkdtemp(prefix="spark-"))
        self._started: list[subprocess.Popen[bytes]] = []
        master, connect = free_port(), free_port()
        self.master, self.address = f"spark://127.0.0.1:{master}", f"sc://127.0.0.1:{connect}"
        try:
            self._start(f"org.apache.spark.{MASTER}", "--host", "127.0.0.1", "--port", str(master), "--webui-port", "0")
            self._wait(master, "master")
            self.workers = [self._worker(str(number)) for number in range(workers)]
            self._start(
                "org.apache.spark.deploy.SparkSubmit",
                *("--class", f"org.apache.spark.{CONNECT}", "--master", self.master, "--name", "connect"),
                *("--conf", f"spark.connect.grpc.binding.port={connect}", "--conf", "spark.connect.grpc.binding.address=127.0.0.1"),
                *("--conf", "spark.ui.enabled=false", "--conf", "spark.sql.shuffle.partitions=4", "--driver-memory", "1g", "spark-internal"),
            )
            self._wait(connect, "Spark Connect server")
        except BaseException:
            self.stop()
            raise

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        for process in reversed(self._started):
            process.kill()
            process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _worker(self, name: str) -> subprocess.Popen[bytes]:
        options = ("--host", "127.0.0.1", "--cores", "1", "--memory", "1g", "--webui-port", "0", "--work-dir", str(self._folder / name))
        return self._start(f"org.apache.spark.{WORKER}", *options, self.master)

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "SPARK_HOME": str(self._home), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_DIRS": str(self._folder)}
        with (self._folder / f"{len(self._started)}.log").open("wb") as log:
            command = [str(self._home / "bin" / "spark-class"), *words]
            self._started.append(subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=self._folder))
        return self._started[-1]

    def _wait(self, port: int, what: str) -> None:
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end and self._started[-1].poll() is None:
            with socket.socket() as asking:
                if asking.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.5)
        said = (self._folder / f"{len(self._started) - 1}.log").read_text(errors="replace")[-1500:]
        raise SparkUnreachable(f"The {what} did not start within {PATIENCE_S} s. It said: {said}")


def free_port() -> int:
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        return int(asking.getsockname()[1])


if __name__ == "__main__":
    found = distribution()
    if found is None:
        sys.exit("Name the folder of a Spark distribution in SPARK_HOME, and have Java 17 on the path.")
    with Cluster(found) as cluster:
        print(f"{cluster.address} ({cluster.master}); Ctrl-C ends it", flush=True)
        cluster.workers[0].wait()

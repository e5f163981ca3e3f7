"""Programs that do one piece of work on request (worker.py tells the protocol), and how two of them take turns."""
import json
import os
import pathlib
import statistics
import subprocess

THREADS = "2"
# Debian's default OpenBLAS keeps threads of its own beside PyTorch's and FAISS's; the OpenMP build shares theirs, which makes
# the peers faster and steadier.
BLAS = pathlib.Path("/usr/lib/x86_64-linux-gnu/openblas-openmp")


def environment(extra=None):
    libraries = [str(BLAS), os.environ.get("LD_LIBRARY_PATH", "")]
    settings = {"OMP_NUM_THREADS": THREADS, "LD_LIBRARY_PATH": ":".join(filter(None, libraries))}
    return {**os.environ, **settings, **(extra or {})}


class Worker:
    def __init__(self, command, extra=None):
        self.name = command[0]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([str(part) for part in command], stdin=pipe, stdout=pipe, text=True,
                                        env=environment(extra))
        self.facts = self._answer()

    def run(self, times):
        """Milliseconds of each of `times` runs."""
        print(times, file=self.process.stdin, flush=True)
        return self._answer()["ms"]

    def _answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended with status {self.process.wait()}")
        return json.loads(line)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


def take_turns(workers, rounds, runs):
    """Each worker in turn, `rounds` times, `runs` runs a turn after one to warm up; so that noise meets all alike.
    Returns the median milliseconds of each."""
    measured = [[] for _ in workers]
    for _ in range(rounds):
        for worker, milliseconds in zip(workers, measured):
            if runs > 1:
                worker.run(1)
            milliseconds += worker.run(runs)
    return [statistics.median(milliseconds) for milliseconds in measured]


def close_all(workers):
    for worker in workers:
        worker.__exit__()

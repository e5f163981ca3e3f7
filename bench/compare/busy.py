"""How long a part takes beside other programs that keep the processors busy: a line PC is never alone.

  busy.py --out out/bench [--build build/release] [--base OTHER-BUILD] [--only part,network,jobs] [--loads 1,2,4]
          [--rounds 3] [--seconds 6] [--docs docs/performance.md]

A load of N is N processes that do nothing but compute; it starts and ends them itself, and each ends by itself after
five minutes. Every round runs all sides with no load, then all with each load, so that every ratio is of one run.
--base is a build of an earlier commit with today's bench/, measured in turn with this one. The milliseconds go to
OUT/busy.json, where a later call with other loads or works adds its own; --docs writes the table of all of them.
A turn in which other programs took more than a tenth of a processor is not counted; --all counts it too.
"""
import argparse
import contextlib
import dataclasses
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

from table import replace_block
from workers import Worker, environment

HERE = pathlib.Path(__file__).resolve().parent
PYTHON = "/usr/bin/python3"  # where Debian puts torch
BURN = "import time\nend = time.monotonic() + 300\nwhile time.monotonic() < end: pass"
MARKS = ("<!-- busy:begin -->", "<!-- busy:end -->")
WARM_UP = 3
CALM = 1.5  # seconds: vigie takes itself to be in a crowd for a second after the last sign of one


@dataclasses.dataclass
class Side:
    work: str
    by: str
    command: list
    runs: int  # a turn ends after so many, or when its seconds are over
    extra: dict = None


@contextlib.contextmanager
def load(processes):
    running = [subprocess.Popen([sys.executable, "-c", BURN]) for _ in range(processes)]
    try:
        time.sleep(0.5)
        yield running
    finally:
        for process in running:
            process.kill()
        for process in running:
            process.wait()


class Shared:
    """Models and networks that all sides read, made once."""

    def __init__(self, arguments, shared):
        self.out = arguments.out / "busy"
        self.parts = shared / "data/mvtec_ad/bottle"
        self.vigie = arguments.build / "src/vigie/cli/vigie"
        self.weights = {"VIGIE_WEIGHTS": str(shared / "weights")}
        self.out.mkdir(parents=True, exist_ok=True)

    def model(self, precision):
        path = self.out / f"patchcore-{precision}.vigie"
        if not path.exists():
            run([self.vigie, "fit", self.parts, "-o", path, "-b", "resnet18", "--precision", precision,
                 "--set", "patchcore.coreset_ratio=0.01"], self.weights)
        return path

    def network(self):
        if not (self.out / "resnet18.onnx").exists():
            image = sorted((self.parts / "train/good").iterdir())[0]
            run([PYTHON, HERE / "network_torch.py", "export", self.out, image, "resnet18"])
        return self.out


def run(command, extra=None):
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, env=environment(extra))


def parts(shared, builds):
    for precision in ("f32", "int8"):
        for streams in (1, 2):
            work = f"part, {precision}, {streams} stream{'s' * (streams > 1)}"
            for by, tool in builds.items():
                yield Side(work, by, [tool, "inspect", "--model", shared.model(precision), "--parts", shared.parts,
                                      "--streams", streams], 100)


def networks(shared, builds):
    folder, work = shared.network(), "network alone, f32"
    for by, tool in builds.items():
        yield Side(work, by, [tool, "backbone", "--folder", folder, "--parts", shared.parts, "--network", "resnet18"], 100)
    yield Side(work, "PyTorch", [PYTHON, HERE / "network_torch.py", "time", folder, "resnet18"], 100)
    yield Side(work, "ONNX Runtime", ["node", HERE / "onnx_runtime.mjs", folder, "resnet18"], 100)


def jobs(shared, builds):
    for by, tool in builds.items():
        for backbone in ("scout", "resnet18"):
            yield Side(f"fit, {backbone}", by,
                       [tool, "fit-model", "--parts", shared.parts, "--backbone", backbone], 1, shared.weights)
        yield Side("coreset", by, [tool, "coreset"], 5)
        yield Side("metrics", by, [tool, "evaluate"], 5)


WORKS = {"part": parts, "network": networks, "jobs": jobs}


def busy_seconds():
    """Of all processors together, since the system started."""
    fields = pathlib.Path("/proc/stat").read_text().split("\n")[0].split()[1:]
    user, nice, system, _, _, irq, softirq = map(int, fields[:7])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def seconds_of(processes):
    ticks = 0
    for process in [os.getpid(), *(process.pid for process in processes)]:
        fields = pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def warm_up(worker, seconds):
    start = time.monotonic()
    worker.run(WARM_UP)
    while time.monotonic() - start < seconds:
        worker.run(1)


def one_turn(worker, side, seconds, ours, alone):
    """Milliseconds of each run, and how many processors' worth of time programs beside `ours` took meanwhile."""
    if side.runs > 1:
        warm_up(worker, CALM if alone else 0)
    milliseconds, start = [], time.monotonic()
    others = busy_seconds() - seconds_of(ours)
    while len(milliseconds) < side.runs and (not milliseconds or time.monotonic() - start < seconds):
        milliseconds += worker.run(min(10, side.runs))
    others = busy_seconds() - seconds_of(ours) - others
    return milliseconds, others / (time.monotonic() - start)


def measure(sides, loads, rounds, seconds, most_by_others):
    """Yields {work: {by: {load: [milliseconds]}}} after every round, all rounds so far."""
    measured = {}
    with contextlib.ExitStack() as stack:
        workers = [(stack.enter_context(Worker(side.command, side.extra)), side) for side in sides]
        for _ in range(rounds):
            for processes in [0, *loads]:
                with load(processes) as running:
                    for worker, side in workers:
                        times = measured.setdefault(side.work, {}).setdefault(side.by, {})
                        turn, others = one_turn(worker, side, seconds, [worker.process, *running],
                                                alone=processes == 0)
                        times.setdefault(str(processes), []).extend(turn if others <= most_by_others else [])
            yield measured


def quantile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def cells(work, by, processes, times, idle):
    median = statistics.median(times)
    digits = 0 if median >= 100 else 1
    tail = [quantile(times, 0.95), quantile(times, 0.99)] if len(times) >= 20 else []
    numbers = [f"{value:.{digits}f}" for value in (median, *tail)] + ["–"] * (2 - len(tail))
    ratios = [f"{value / idle:.2f}x" for value in (median, *tail[:1])] + ["–"] * (1 - len(tail[:1]))
    return [work, by, processes, *numbers, *ratios, str(len(times))]


def markdown(measured):
    head = ["work", "by", "busy processes", "median ms", "95 %", "99 %", "median / idle", "95 % / idle", "runs"]
    lines = [head, ["---"] * len(head)]
    for work, sides in measured.items():
        for by, loads in sides.items():
            for processes, runs in sorted(loads.items()):
                idle = statistics.median(runs["idle"])
                if processes == min(loads):
                    lines.append(cells(work, by, "none", runs["idle"], idle))
                lines.append(cells(work, by, processes, runs["busy"], idle))
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def add_to(path, measured, loads):
    """Each load keeps the idle times of its own run."""
    known = json.loads(path.read_text()) if path.exists() else {}
    for work, sides in measured.items():
        for by, times in sides.items():
            for processes in map(str, loads):
                pair = {"idle": times["0"], "busy": times[processes]}
                if all(pair.values()):
                    known.setdefault(work, {}).setdefault(by, {})[processes] = pair
    path.write_text(json.dumps(known))
    return known


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build/release"))
    parser.add_argument("--base", type=pathlib.Path, help="a build of an earlier commit")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("out/bench"))
    parser.add_argument("--only", default="part,network,jobs")
    parser.add_argument("--loads", default="1,2,4", help="busy processes beside")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=6, help="of one turn, at most")
    parser.add_argument("--all", action="store_true", help="count turns disturbed by other programs too")
    parser.add_argument("--docs", type=pathlib.Path, help="page whose table is written anew")
    arguments = parser.parse_args()
    shared = pathlib.Path(os.environ.get("VIGIE_SHARED", HERE / "../../../shared")).resolve()
    if not (shared / "data/mvtec_ad/bottle").exists():
        sys.exit(f"error: {shared}/data/mvtec_ad/bottle is missing; set VIGIE_SHARED")
    builds = {"vigie": arguments.build / "bench/vigie_compare"}
    if arguments.base:
        builds["vigie before"] = arguments.base / "bench/vigie_compare"
    things = Shared(arguments, shared)
    sides = [side for work in arguments.only.split(",") for side in WORKS[work](things, builds)]
    loads = [int(count) for count in arguments.loads.split(",")]
    print(f"load average before: {os.getloadavg()[0]:.1f}", flush=True)
    for rounds in measure(sides, loads, arguments.rounds, arguments.seconds,
                          float("inf") if arguments.all else 0.1):
        measured = add_to(arguments.out / "busy.json", rounds, loads)
        print(markdown(measured), flush=True)
    if arguments.docs:
        arguments.docs.write_text(replace_block(arguments.docs.read_text(), markdown(measured), *MARKS))


if __name__ == "__main__":
    main()

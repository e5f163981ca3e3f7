"""The same work by vigie and by what a user would otherwise pick, on two cores in one run. Ratios are peer / vigie.

  run.py --build build/release --out out/bench [--quick] [--docs docs/performance.md --images docs/images]

Writes OUT/compare.json; with --docs the table there, with --images the charts of growth. --quick leaves out the long
parts: the peers' fit, metrics, growth.
"""
import argparse
import dataclasses
import json
import os
import pathlib
import subprocess
import sys

import table
from table import Row
from workers import BLAS, Worker, close_all, environment, take_turns

HERE = pathlib.Path(__file__).resolve().parent
PYTHON = "/usr/bin/python3"  # where Debian puts torch and faiss
IMAGES, ROWS, FEW_ROWS = 208, 16385, 1639
AGREEMENT = 2e-3  # largest relative difference of results between sides that compute in f32


class Comparison:
    def __init__(self, arguments):
        self.tool = arguments.build / "bench" / "vigie_compare"
        self.metrics_tool = arguments.build / "bench" / "vigie_metrics_bench"
        self.vigie = arguments.build / "src" / "vigie" / "cli" / "vigie"
        self.out = arguments.out
        self.parts = arguments.out / "parts" / "turned_part"
        self.rows = []
        self.limits = {}

    def prepare(self):
        """Images, weights and the ONNX file that all sides share."""
        self.out.mkdir(parents=True, exist_ok=True)
        if not (self.parts / "train").exists():
            parts = self.out / "parts"
            run([self.vigie, "dataset", "make-demo", parts, "--products", "turned_part", "--train", IMAGES])
        first = sorted((self.parts / "train" / "good").iterdir())[0]
        if not (self.out / "wide_resnet50_2.onnx").exists():
            run([PYTHON, HERE / "network_torch.py", "export", self.out, first])
        self.limits = json.loads(run([self.tool, "limits"]))
        print("limits, GFLOP/s:", self.limits, flush=True)

    def vigie_worker(self, work, precision, *more, extra=None):
        common = ["--folder", self.out, "--parts", self.parts, "--bank", self.bank(precision), "--precision", precision]
        return Worker([self.tool, work, *common, *more], extra)

    def python_worker(self, script, *more):
        return Worker([PYTHON, HERE / script, *more])

    def bank(self, precision):
        return self.out / f"bank_{precision}.f32"

    def add(self, row):
        self.rows.append(row)
        print(" | ".join(table.cells(row)), flush=True)

    # One method for each kind of work.

    def backbone(self):
        ours = [self.vigie_worker("backbone", precision) for precision in ("f32", "bf16", "int8")]
        eager = self.python_worker("network_torch.py", "time", self.out)
        onnx = Worker(["node", HERE / "onnx_runtime.mjs", self.out])
        for name, other in (("PyTorch", eager), ("ONNX Runtime", onnx)):
            check_agreement(f"features of vigie f32 and {name}", ours[0].facts["rms"], other.facts["rms"])
        f32, bf16, int8, eager_ms, onnx_ms = take_turns([*ours, eager, onnx], rounds=5, runs=9)
        gflop = ours[0].facts["gflop"]
        what = "WRN50-2 to layer3, 224, batch 1"
        eager_name, onnx_name = eager.facts["peer"], onnx.facts["peer"]
        self.add(Row(f"{what}, f32", f32, eager_name, eager_ms, 1.2, note=self.of_limit(f32, gflop, "f32")))
        self.add(Row(f"{what}, f32", f32, onnx_name, onnx_ms, 0.95))
        self.add(Row(f"{what}, bf16", bf16, onnx_name, onnx_ms, 1.9, note=self.of_limit(bf16, gflop, "bf16")))
        self.add(Row(f"{what}, int8", int8, onnx_name, onnx_ms, 3.5, note=self.of_limit(int8, gflop, "int8")))
        close_all([*ours, eager, onnx])

    def of_limit(self, milliseconds, gflop, precision):
        limit = self.limits.get(precision, 0)
        return f"{milliseconds * limit / 1e3 / gflop:.2f}x the {precision} limit" if limit else f"no {precision} here"

    def fit(self, quick):
        """Also writes the banks that predict() reads."""
        works = {
            "f32": self.vigie_worker("fit", "f32", "--images", IMAGES),
            "int8": self.vigie_worker("fit", "int8", "--images", IMAGES, "--exact-picks"),
            "int8, --fast-fit": self.vigie_worker("fit", "int8", "--images", IMAGES),
        }
        times = dict(zip(works, take_turns(list(works.values()), rounds=1 if quick else 3, runs=1)))
        close_all(list(works.values()))
        what = f"PatchCore fit, {IMAGES} images in memory, 10 %"
        if quick:
            for way, milliseconds in times.items():
                self.add(Row(f"{what}, {way}", milliseconds))
            return
        for embedding in ("plain", "authors"):
            parts = self.parts / "train" / "good"
            with self.python_worker("patchcore_torch.py", "fit", self.out, "--parts", parts, "--images", IMAGES,
                                    "--embedding", embedding) as peer:
                (peer_ms,) = take_turns([peer], rounds=1, runs=1)
                name = f"{peer.facts['peer']}, {embedding}"
            for way, milliseconds in times.items():
                self.add(Row(f"{what}, {way}", milliseconds, name, peer_ms, 20 if embedding == "plain" else 0))

    def predict(self, rows):
        exact = self.vigie_worker("predict", "f32", "--rows", rows)
        fast = self.vigie_worker("predict", "int8", "--rows", rows)
        peer = ["patchcore_torch.py", "predict", self.out, "--rows", rows]
        plain = self.python_worker(*peer, "--bank", self.bank("f32"))
        authors = self.python_worker(*peer, "--embedding", "authors")
        keys = ("score", "map_max")
        check_agreement(f"PatchCore with {rows} rows", [exact.facts[k] for k in keys], [plain.facts[k] for k in keys])
        exact_ms, fast_ms, plain_ms, authors_ms = take_turns([exact, fast, plain, authors], rounds=5, runs=5)
        gflop = fast.facts["gflop"]
        limit = self.limits.get("int8", 0) if rows == FEW_ROWS else 0
        most = 1.6 * gflop / limit * 1e3 if limit else 0
        what = f"PatchCore predict, WRN50-2, {rows} x 1536"
        name = plain.facts["peer"]
        self.add(Row(f"{what}, f32", exact_ms, name, plain_ms))
        self.add(Row(f"{what}, int8", fast_ms, name, plain_ms, 10, most, note=self.of_limit(fast_ms, gflop, "int8")))
        self.add(Row(f"{what}, int8", fast_ms, f"{name}, authors' 1024 dimensions", authors_ms))
        close_all([exact, fast, plain, authors])

    def part(self):
        shared = os.environ.get("VIGIE_SHARED")
        if shared:
            weights, parts = pathlib.Path(shared, "weights"), pathlib.Path(shared, "data/mvtec_ad/bottle")
            extra, note = {"VIGIE_WEIGHTS": str(weights)}, "trained weights, MVTec AD bottle"
        else:
            extra, parts, note = {"XDG_CACHE_HOME": str(self.out / "cache")}, self.parts, "random weights, drawn parts"
            run([self.vigie, "weights", "import", "resnet18", self.out / "resnet18.pth"], extra)
        what = "whole part, resnet18, 1 % bank, 900x900 image in memory to verdict"
        for precision in ("f32", "int8"):
            with Worker([self.tool, "part", "--parts", parts, "--precision", precision], extra) as ours:
                (milliseconds,) = take_turns([ours], rounds=3, runs=50)
                stages = ", ".join(f"{stage} {ms:.2f}" for stage, ms in ours.facts["stages_ms"].items())
            most = 3 if precision == "int8" else 0
            self.add(Row(f"{what}, {precision}", milliseconds, wanted_ms=most, note=f"{note}; ms: {stages}"))

    def metrics(self):
        command = [PYTHON, HERE / "metrics.py", "--vigie", self.metrics_tool, "--maps", 83, "--side", 900]
        found = json.loads(run(command))
        auroc, aupro = found["auroc"], found["aupro"]
        ours = 1e3 * (auroc["vigie_seconds"] + aupro["vigie_seconds"])
        theirs = 1e3 * (auroc["peer_seconds"] + aupro["peer_seconds"])
        note = f"AUROC {auroc['ratio']:.1f}x, AUPRO {aupro['ratio']:.1f}x"
        peer = f"scikit-learn {found['scikit_learn']}, numpy"
        self.add(Row("pixel AUROC + AUPRO, 83 maps of 900x900", ours, peer, theirs, 10, note=note))

    def growth(self, images):
        points = {name: json.loads(run([self.tool, f"growth-{name}"])) for name in ("predict", "fit")}
        (self.out / "growth.json").write_text(json.dumps(points, indent=1))
        if images:
            run([self.tool, "draw", "--from", self.out / "growth.json", "--out", images])
        return points


def run(command, extra=None):
    command = [str(part) for part in command]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment(extra)).stdout


def check_agreement(what, ours, theirs):
    """The comparison is of the same work only if the results are the same."""
    worst = max(abs(a - b) / abs(b) for a, b in zip(ours, theirs, strict=True))
    if worst > AGREEMENT:
        sys.exit(f"error: {what}: results differ by {worst:.2g}: {ours} and {theirs}")
    print(f"same results: {what} differ by {worst:.1g}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build/release"))
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("out/bench"))
    parser.add_argument("--docs", type=pathlib.Path, help="page whose table is written anew")
    parser.add_argument("--images", type=pathlib.Path, help="folder for the charts of growth")
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    if not (BLAS / "libblas.so.3").exists():
        sys.exit(f"error: no {BLAS}: run scripts/install_dependencies.sh bench")
    comparison = Comparison(arguments)
    comparison.prepare()
    comparison.backbone()
    comparison.fit(arguments.quick)
    comparison.predict(ROWS)
    comparison.predict(FEW_ROWS)
    comparison.part()
    growth = {}
    if not arguments.quick:
        comparison.metrics()
        growth = comparison.growth(arguments.images)
    rows = [dataclasses.asdict(row) | {"ratio": row.ratio, "met": row.met} for row in comparison.rows]
    result = {"limits_gflops": comparison.limits, "rows": rows, "growth": growth}
    (arguments.out / "compare.json").write_text(json.dumps(result, indent=1))
    if arguments.docs:
        arguments.docs.write_text(table.replace_block(arguments.docs.read_text(), table.markdown(comparison.rows)))


if __name__ == "__main__":
    main()

#!/usr/bin/env bash
# OpenVINO and OpenCV's dnn leave out the antialias of an ONNX Resize, OpenVINO its exclude_outside and its aspect policy
# too, all without a word; ONNX Runtime does them.
#
# Guess before running: a runtime that cannot do it refuses the model.
# Lost by it: a model that carries its own preprocessing (a camera picture brought to the network's size, antialiased
# as in training) gives other features in these two runtimes: here fine stripes of 0 and 1, about .5 when antialiased,
# come out as 0 everywhere. A letterbox (keep_aspect_ratio_policy = not_larger) becomes a squeezed picture of another
# size in OpenVINO. Scores move, thresholds do not.
# vigie resizes outside of its graphs. When it exports one, the resize must stay outside, or be a product with two
# fixed matrices, which every runtime does alike.
. "$(dirname "$0")/lib.sh"
with_python onnx==1.23.2 onnxruntime==1.32.0 openvino==2026.4.1 opencv-python-headless==5.0.0.93 numpy==2.4.6

python - <<'P'
import cv2
import numpy as np
import onnx
import onnxruntime
import openvino
from onnx import TensorProto, helper, numpy_helper
from recorded import recorded

print("ONNX Runtime", onnxruntime.__version__, "| OpenVINO", openvino.__version__, "| OpenCV", cv2.__version__)
stripes = np.tile(((np.arange(32) + 1) % 4 < 2).astype(np.float32), (32, 1))[None, None]


def model(shape, target, **attributes):
    node = helper.make_node("Resize", ["x", "", "", "size"], ["y"], **attributes)
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, dims) for name, dims in (("x", shape), ("y", ["n", "c", "h", "w"]))]
    size = numpy_helper.from_array(np.array(target), "size")
    graph = helper.make_graph([node], "g", ends[:1], ends[1:], [size])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
    made.ir_version = 8
    onnx.checker.check_model(made, full_check=True)
    return made.SerializeToString()


def by_onnxruntime(data, image):
    return onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"]).run(None, {"x": image})[0]


def by_openvino(data, image):
    core = openvino.Core()
    read = core.read_model(model=data, weights=b"")
    return core.compile_model(read, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})([image])[0]


def answers(antialias):
    data = model([1, 1, 32, 32], [1, 1, 8, 8], mode="linear", antialias=antialias)
    network = cv2.dnn.readNetFromONNX(np.frombuffer(data, np.uint8))
    network.setInput(stripes, "x")
    out = {"ONNX Runtime": by_onnxruntime(data, stripes), "OpenVINO": by_openvino(data, stripes), "OpenCV": network.forward()}
    for name, value in out.items():
        print(f"antialias {antialias}, {name}: middle row", np.round(value[0, 0, 4], 3).tolist())
    return out


plain, smooth = answers(0), answers(1)
recorded(np.abs(smooth["ONNX Runtime"] - plain["ONNX Runtime"]).max() > 0.1, "ONNX Runtime smooths")
for name in ("OpenVINO", "OpenCV"):
    recorded(np.array_equal(smooth[name], plain[name]), f"{name} gives the same with and without")

wide = np.random.default_rng(0).normal(size=(1, 1, 12, 20)).astype(np.float32)
letterbox = model([1, 1, 12, 20], [8, 8], mode="linear", axes=[2, 3], keep_aspect_ratio_policy="not_larger")
shapes = [read(letterbox, wide).shape for read in (by_onnxruntime, by_openvino)]
print("12 x 20 into 8 x 8, not_larger: ONNX Runtime", shapes[0], "OpenVINO", shapes[1])
inner = [model([1, 1, 12, 20], [1, 1, 24, 40], mode="cubic", exclude_outside=value) for value in (0, 1)]
moved = [float(np.abs(read(inner[0], wide) - read(inner[1], wide)).max()) for read in (by_onnxruntime, by_openvino)]
print("exclude_outside changes the result by: ONNX Runtime", round(moved[0], 3), "OpenVINO", round(moved[1], 3))
recorded(shapes == [(1, 1, 5, 8), (1, 1, 8, 8)], "OpenVINO ignores keep_aspect_ratio_policy")
recorded(moved[0] > 0.01 and moved[1] == 0, "OpenVINO ignores exclude_outside")
P

#!/usr/bin/env bash
# OpenVINO and OpenCV's dnn read the antialias of an ONNX Resize and leave it out; ONNX Runtime does it.
#
# Guess before running: a runtime that cannot do it refuses the model.
# Lost by it: a model that carries its own preprocessing (a camera picture brought to the network's size, antialiased
# as in training) gives other features in these two runtimes: here fine stripes of 0 and 1, about .5 when antialiased,
# come out as 0 everywhere. Scores move, thresholds do not, and nothing is said.
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
size = numpy_helper.from_array(np.array([1, 1, 8, 8]), "size")


def model(antialias):
    node = helper.make_node("Resize", ["x", "", "", "size"], ["y"], mode="linear", antialias=antialias)
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 1, side, side]) for name, side in (("x", 32), ("y", 8))]
    graph = helper.make_graph([node], "g", ends[:1], ends[1:], [size])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
    made.ir_version = 8
    onnx.checker.check_model(made, full_check=True)
    return made.SerializeToString()


def answers(antialias):
    data = model(antialias)
    runtime = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"]).run(None, {"x": stripes})[0]
    core = openvino.Core()
    compiled = core.compile_model(core.read_model(model=data, weights=b""), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    network = cv2.dnn.readNetFromONNX(np.frombuffer(data, np.uint8))
    network.setInput(stripes, "x")
    out = {"ONNX Runtime": runtime, "OpenVINO": compiled([stripes])[0], "OpenCV": network.forward()}
    for name, value in out.items():
        print(f"antialias {antialias}, {name}: middle row", np.round(value[0, 0, 4], 3).tolist())
    return out


plain, smooth = answers(0), answers(1)
recorded(np.abs(smooth["ONNX Runtime"] - plain["ONNX Runtime"]).max() > 0.1, "ONNX Runtime smooths")
for name in ("OpenVINO", "OpenCV"):
    recorded(np.array_equal(smooth[name], plain[name]), f"{name} gives the same with and without")
P

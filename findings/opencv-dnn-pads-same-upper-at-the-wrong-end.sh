#!/usr/bin/env bash
# OpenCV's dnn pads an ONNX convolution with auto_pad = SAME_UPPER at the top and left when an odd number is added.
#
# Guess before running: as ONNX Runtime, as the other operations tried beside it.
# Lost by it: networks that come from TensorFlow (EfficientNet and its kin, with stride 2) carry SAME_UPPER. Every such
# layer reads one pixel up and left of where it should: features, scores and the place of an anomaly shift without an
# error. Likewise Resize by a factor whose output size is rounded down: OpenCV scales by the sizes, not by the factor
# that the model states.
# vigie pads with numbers that stand in the graph. When it exports one it must write `pads` and sizes, never auto_pad
# and never scales.
. "$(dirname "$0")/lib.sh"
with_python onnx==1.23.2 onnxruntime==1.32.0 opencv-python-headless==5.0.0.93 numpy==2.4.6

python - <<'P'
import cv2
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from recorded import recorded

print("ONNX Runtime", onnxruntime.__version__, "| OpenCV", cv2.__version__)


def answers(node, image, constants, shape):
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, list(dims)) for name, dims in (("x", image.shape), ("y", shape))]
    graph = helper.make_graph([node], "g", ends[:1], ends[1:], [numpy_helper.from_array(v, k) for k, v in constants.items()])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    made.ir_version = 8
    onnx.checker.check_model(made, full_check=True)
    data = made.SerializeToString()
    right = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"]).run(None, {"x": image})[0]
    network = cv2.dnn.readNetFromONNX(np.frombuffer(data, np.uint8))
    network.setInput(image, "x")
    return right, network.forward()


def convolution(kind):
    image = np.arange(36, dtype=np.float32).reshape(1, 1, 6, 6)
    middle = np.zeros((1, 1, 3, 3), np.float32)
    middle[0, 0, 1, 1] = 1
    node = helper.make_node("Conv", ["x", "w"], ["y"], auto_pad=kind, strides=[2, 2])
    right, opencv = answers(node, image, {"w": middle}, (1, 1, 3, 3))
    print(f"{kind}, the kernel takes its middle, image 0 .. 35: ONNX Runtime", right.ravel().tolist(), "OpenCV", opencv.ravel().tolist())
    return right, opencv


upper, lower = convolution("SAME_UPPER"), convolution("SAME_LOWER")
recorded(not np.array_equal(*upper) and np.array_equal(upper[1], lower[0]), "OpenCV does SAME_LOWER for SAME_UPPER")
recorded(np.array_equal(*lower), "SAME_LOWER itself is right")

row = np.tile(np.arange(11, dtype=np.float32), (1, 1, 11, 1))
node = helper.make_node("Resize", ["x", "", "factor"], ["y"], mode="linear")
right, opencv = answers(node, row, {"factor": np.array([1, 1, 0.6, 0.6], np.float32)}, (1, 1, 6, 6))
print("Resize by 0.6 of 0 .. 10: ONNX Runtime", np.round(right[0, 0, 0], 3).tolist(), "OpenCV", np.round(opencv[0, 0, 0], 3).tolist())
recorded(np.abs(right - opencv).max() > 0.3, "OpenCV does not scale by the factor")
P

"""A resnet up to layer3 in eager PyTorch: the network that every side of a comparison runs.

  network_torch.py export FOLDER IMAGE [NAME]   writes what the other sides need: weights, ONNX file, one input
  network_torch.py time FOLDER [NAME]           a worker (worker.py) that runs the network on that input

NAME is wide_resnet50_2 unless told.

The weights are random (seed 0, torchvision's initialisation): speed does not depend on their values, and agreement of
the results can be checked all the same.
"""
import pathlib
import sys

import numpy as np
import torch
import torchvision

from worker import serve

SIDE = 224
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
STD = np.array([0.229, 0.224, 0.225], np.float32)


class Trunk(torch.nn.Module):
    """Images [B 3 H W] to the features of layer2 and layer3, where PatchCore reads them."""

    def __init__(self, folder, name="wide_resnet50_2"):
        super().__init__()
        net = getattr(torchvision.models, name)(weights=None)
        weights = pathlib.Path(folder, f"{name}.pth")
        if weights.exists():
            net.load_state_dict(torch.load(weights))
        self.stem = torch.nn.Sequential(net.conv1, net.bn1, net.relu, net.maxpool, net.layer1)
        self.layer2, self.layer3 = net.layer2, net.layer3

    def forward(self, images):
        second = self.layer2(self.stem(images))
        return second, self.layer3(second)


def use_threads(count):
    torch.set_num_threads(count)
    torch.set_num_interop_threads(1)


def read_input(path):
    """An image file as F32 [3 224 224] as published: short side to 256, centre crop, ImageNet statistics."""
    from PIL import Image

    image = Image.open(path).convert("RGB")
    scale = 256 / min(image.size)
    width, height = (round(side * scale) for side in image.size)
    image = image.resize((width, height), Image.BILINEAR)
    left, top = (width - SIDE) // 2, (height - SIDE) // 2
    pixels = np.asarray(image.crop((left, top, left + SIDE, top + SIDE)), np.float32) / 255
    return ((pixels - MEAN) / STD).transpose(2, 0, 1)


def stored_input(folder):
    return torch.from_numpy(np.fromfile(pathlib.Path(folder, "input.f32"), np.float32).reshape(1, 3, SIDE, SIDE))


def fingerprint(outputs):
    return [float(output.double().pow(2).mean().sqrt()) for output in outputs]


def export(folder, image, exported):
    torch.manual_seed(0)
    for name in ("wide_resnet50_2", "resnet18"):
        torch.save(getattr(torchvision.models, name)(weights=None).state_dict(), folder / f"{name}.pth")
    read_input(image).astype("<f4").tofile(folder / "input.f32")
    torch.onnx.export(Trunk(folder, exported).eval(), stored_input(folder), folder / f"{exported}.onnx", opset_version=13,
                      input_names=["image"], output_names=["layer2", "layer3"])


def main():
    command, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    last = 3 if command == "time" else 4
    name = sys.argv[last] if len(sys.argv) > last else "wide_resnet50_2"
    use_threads(2)
    if command == "export":
        return export(folder, sys.argv[3], name)
    trunk, image = Trunk(folder, name).eval(), stored_input(folder)
    with torch.inference_mode():
        facts = {"peer": f"PyTorch {torch.__version__} eager", "rms": fingerprint(trunk(image))}
        serve(facts, lambda: trunk(image))


if __name__ == "__main__":
    main()

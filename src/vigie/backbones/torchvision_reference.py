"""Writes a torchvision ResNet with random weights, an input and the output of every layer, as one safetensors file.

usage: torchvision_reference.py MODEL HEIGHT WIDTH BATCH SEED FILE
Entries: "weights/<name>" for the state dict without fc; "input" [B H W 3]; "output/<layer>" [B h w C].
Exits with 77 when torch or torchvision is missing.
"""
import json
import struct
import sys

try:
    import torch
    import torchvision
except ImportError as error:
    print(error)
    sys.exit(77)


def randomise_batch_norms(model):
    """Defaults (mean 0, variance 1, weight 1, bias 0) would hide a mistake."""
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.weight.data.uniform_(0.5, 1.0)
            module.bias.data.normal_(0.0, 0.2)
            module.running_mean.normal_(0.0, 0.2)
            module.running_var.uniform_(0.5, 2.0)


def layer_outputs(model, x):
    outputs = {}
    x = model.maxpool(model.relu(model.bn1(model.conv1(x))))
    for name in ("layer1", "layer2", "layer3", "layer4"):
        x = getattr(model, name)(x)
        outputs[name] = x
    outputs["pool"] = model.avgpool(x)
    return outputs


def channels_last(x):
    return x.permute(0, 2, 3, 1)


def write_safetensors(path, tensors):
    header, offset = {}, 0
    for name, tensor in tensors.items():
        size = tensor.numel() * 4
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            file.write(tensor.detach().float().contiguous().numpy().tobytes())


def main():
    name, height, width, batch, seed, path = sys.argv[1:]
    torch.manual_seed(int(seed))
    torch.set_num_threads(2)
    model = getattr(torchvision.models, name)().eval()
    randomise_batch_norms(model)
    x = torch.randn(int(batch), 3, int(height), int(width))
    with torch.no_grad():
        outputs = layer_outputs(model, x)
    state = model.state_dict()
    tensors = {"weights/" + key: value for key, value in state.items()
               if not key.startswith("fc.") and not key.endswith("num_batches_tracked")}
    tensors["input"] = channels_last(x)
    tensors.update({"output/" + key: channels_last(value) for key, value in outputs.items()})
    write_safetensors(path, tensors)


main()

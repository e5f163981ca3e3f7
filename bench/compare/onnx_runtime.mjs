// A worker (worker.py) that runs the exported network in ONNX Runtime on the CPU.   node onnx_runtime.mjs FOLDER [NAME]
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import ort from 'onnxruntime-node';

const [folder, name = 'wide_resnet50_2'] = process.argv.slice(2);
const pixels = fs.readFileSync(path.join(folder, 'input.f32'));
const values = new Float32Array(pixels.buffer, pixels.byteOffset, pixels.byteLength / 4);
const image = new ort.Tensor('float32', values, [1, 3, 224, 224]);
const session = await ort.InferenceSession.create(path.join(folder, `${name}.onnx`), {
  executionProviders: ['cpu'], executionMode: 'sequential', graphOptimizationLevel: 'all',
  intraOpNumThreads: 2, interOpNumThreads: 1,
});

const rms = ({ data }) => Math.sqrt(data.reduce((sum, x) => sum + x * x, 0) / data.length);
const first = await session.run({ image });
const version = ort.env.versions.node ?? ort.env.versions.common;
console.log(JSON.stringify({ peer: `ONNX Runtime ${version} f32`, rms: [rms(first.layer2), rms(first.layer3)] }));

for await (const line of readline.createInterface({ input: process.stdin })) {
  const ms = [];
  for (let run = 0; run < Number(line); ++run) {
    const start = performance.now();
    await session.run({ image });
    ms.push(performance.now() - start);
  }
  console.log(JSON.stringify({ ms }));
}

"""How much lower the readout reads with weights rounded to 63 steps on either side of zero than with 127.

    python benchmarks/rounding.py

Two questions of every twentieth text of benchmarks/extracts, one that it answers and one that it does not, by the model arranged
both ways. Where a processor would add 127 and more with a loss, the same weights are stored without a sign, which every
processor adds exactly, if slowly; ten minutes, most of them to arrange the model.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import numpy as np
import onnx
import yaml
from onnx import TensorProto
from readout import EXTRACTS, unit_of

from genoassist import arrange, settings
from genoassist.encoder import ALL_8_BITS
from genoassist.llm import LocalModel
from genoassist.models import LANGUAGE_MODEL, locate
from genoassist.prefix_cache import folder_in
from genoassist.reading import inside
from genoassist.readout import log_odds

EVERY = 20
SIZES = (127, 63)


def without_sign(folder: Path) -> None:
    """Store the weights of a model in unsigned numbers, 128 more each."""
    model = onnx.load(str(folder / arrange.GRAPH), load_external_data=False)
    stored = np.memmap(folder / arrange.WEIGHTS, mode="r+", dtype=np.uint8)
    for tensor in model.graph.initializer:
        if tensor.data_type == TensorProto.INT8:
            where = {entry.key: entry.value for entry in tensor.external_data}
            there = slice(int(where["offset"]), int(where["offset"]) + int(where["length"]))
            stored[there] += 128  # modulo 256
            tensor.data_type = TensorProto.UINT8
    stored.flush()
    for node in model.graph.node:
        if node.op_type == "MatMulIntegerToFloat":
            node.input.append("middle")
    (folder / arrange.GRAPH).write_bytes(model.SerializeToString())
    noted = json.loads((folder / arrange.SHAPE).read_text(encoding="utf-8"))
    noted["bytes"][arrange.GRAPH] = (folder / arrange.GRAPH).stat().st_size
    (folder / arrange.SHAPE).write_text(json.dumps(noted), encoding="utf-8")


def read(largest: int, scratch: Path) -> np.ndarray:
    """The log-odds of every question by the model with weights of so many steps, nothing taken off for them."""
    using = settings.load()
    arrange.largest_weight = lambda: largest
    folder = arrange.arranged(locate(LANGUAGE_MODEL, using), scratch, LANGUAGE_MODEL.sha256)
    if largest == ALL_8_BITS:
        without_sign(folder)
    model = LocalModel(folder, using.threads, folder_in(scratch))
    found = []
    for path in sorted(EXTRACTS.glob("*.yaml")):
        for number, extract in list(enumerate(yaml.safe_load(path.read_text(encoding="utf-8"))))[3::EVERY]:
            unit = unit_of(extract, scratch / f"{path.stem}{number}")
            seen = [inside(model, unit, text) for text in (extract["answered"][0], extract["unanswered"][1])]
            found += [log_odds(each.residual, ALL_8_BITS) for each in seen]
    return np.array(found)


def main() -> None:
    """Read with either, and print how they differ."""
    values = []
    for largest in SIZES:
        with tempfile.TemporaryDirectory() as name:
            values.append(read(largest, Path(name)))
    whole, half = values
    error = (half - whole).std() / np.sqrt(len(whole))
    same = np.corrcoef(whole, half)[0, 1]
    print(f"{len(whole)} questions: {(whole - half).mean():.2f} ± {error:.2f} lower, r = {same:.3f}")


if __name__ == "__main__":
    main()

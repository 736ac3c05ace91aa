"""The packaged language model as an ONNX graph: Qwen2 with 8-bit matrix products, from the tensors of a GGUF file.

Activations are scaled token by token, so what a token becomes does not depend on what is processed with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import onnx
from gguf.quants import dequantize
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from genoassist.encoder import FUSED, Nodes, in_8_bits

Floats = NDArray[np.float32]
Weights = tuple[NDArray[Any], Floats]  # rounded, and their scales

# What comes into the last matrix of a layer has numbers a hundred times the others, so it is scaled by so many inputs at a
# time: the log-odds of judgements correlate .996 with those of llama.cpp on the 4-bit weights, .989 without
# (benchmarks/runtime.py).
BLOCK = 128
POSITIONS = 4096
OPSETS = (("", 18), (FUSED, 1))
SMALL = 1024  # bytes; less is kept in the graph itself
PAGE = 4096
ROWS = 8192


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a decoder: ``size`` is of a head; ``made_of`` names the file and the format that it was written from."""

    layers: int
    hidden: int
    heads: int
    kv_heads: int
    size: int
    made_of: str


class Graph(Nodes):
    """Nodes and constants, each named as the tensor of the file it computes or holds; large constants go to ``data``."""

    def __init__(self, reader: Any, shape: Shape, epsilon: float, base: float, data: BinaryIO) -> None:
        super().__init__()
        self.tensors = {tensor.name: tensor for tensor in reader.tensors}
        self.shape, self.epsilon, self.base = shape, epsilon, base
        # The same words go in and come out; where the file has both, those that come out have more bits.
        self.words = "output.weight" if "output.weight" in self.tensors else "token_embd.weight"
        self.data, self.data_name = data, Path(data.name).name

    def blocks(self, name: str) -> Iterator[Floats]:
        """The rows of a matrix, or a vector, in float32; some thousand at a time."""
        tensor = self.tensors[name]
        for start in range(0, len(tensor.data), ROWS):
            yield dequantize(tensor.data[start : start + ROWS], tensor.tensor_type).astype(np.float32)

    def vector(self, *names: str) -> Floats:
        """Those vectors end to end."""
        return np.concatenate([block for name in names for block in self.blocks(name)])

    def whole(self, progress: Callable[[int, int], None]) -> onnx.ModelProto:
        """Embedded tokens, what was processed before them, to the ``logits`` of the tokens ``at``."""
        shape = self.shape
        half = shape.size // 2
        angles = np.arange(POSITIONS)[:, None] * self.base ** (-np.arange(half) / half)
        self.constant("cos", np.cos(angles).astype(np.float32))
        self.constant("sin", np.sin(angles).astype(np.float32))
        self.constant("last axis", np.array([-1]))
        self.constant("least", np.float32(1e-9))
        self.constant("step", np.float32(1 / 127))
        self.constant("middle", np.uint8(128))
        x, residual = "words", ""
        for i, weights in enumerate(self.layers()):
            x, residual = self.layer(f"blk.{i}", i, x, residual, weights)
            progress(i + 1, shape.layers)
        x = self.normed(x, residual, "output_norm")[0]
        self.product(self.node("Gather", [x, "at"], "read", axis=1), "logits", self.quantised(self.words))
        past: list[str | int | None] = ["batch", shape.kv_heads, "past", shape.size]
        kept = [f"{kind}{i}" for i in range(shape.layers) for kind in "kv"]
        inputs = [
            helper.make_tensor_value_info("words", TensorProto.FLOAT, ["batch", "tokens", shape.hidden]),
            helper.make_tensor_value_info("last", TensorProto.INT32, ["batch"]),
            helper.make_tensor_value_info("total", TensorProto.INT32, []),
            helper.make_tensor_value_info("at", TensorProto.INT64, ["some"]),
            *(helper.make_tensor_value_info(f"past.{name}", TensorProto.FLOAT, past) for name in kept),
        ]
        outputs = [
            helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", "some", "vocabulary"]),
            *(helper.make_tensor_value_info(f"present.{name}", TensorProto.FLOAT, past) for name in kept),
        ]
        graph = helper.make_graph(self.nodes, "qwen2", inputs, outputs, self.constants)
        opsets = [helper.make_opsetid(domain, version) for domain, version in OPSETS]
        return helper.make_model(graph, opset_imports=opsets, ir_version=10)

    def layers(self) -> Iterator[dict[str, Weights]]:
        """The weights of each layer in 8 bits, two layers at a time."""

        def one(i: int) -> dict[str, Weights]:
            made = {
                name: self.quantised(*(f"blk.{i}.{part}.weight" for part in parts)) for name, parts in PRODUCTS.items()
            }
            return {**made, "down": self.in_blocks(f"blk.{i}.ffn_down.weight")}

        with ThreadPoolExecutor(2) as pool:
            ahead: list[Future[Any]] = [pool.submit(one, i) for i in range(min(2, self.shape.layers))]
            for i in range(self.shape.layers):
                yield ahead.pop(0).result()
                if i + 2 < self.shape.layers:
                    ahead.append(pool.submit(one, i + 2))

    def quantised(self, *names: str) -> Weights:
        """Those matrices side by side in 8 bits, shape (inputs, outputs), and the scale of each output."""
        made = [in_8_bits(block) for name in names for block in self.blocks(name)]
        return np.concatenate([rounded for rounded, _ in made]).T, np.concatenate([scales for _, scales in made])

    def in_blocks(self, name: str) -> Weights:
        """A matrix in 8 bits around 128, shape (outputs, blocks, block), and the scale of each block."""
        rows = self.vector(name)
        blocks = rows.reshape(len(rows), -1, BLOCK)
        scales = np.maximum(np.abs(blocks).max(axis=2), np.finfo(np.float32).tiny) / 127
        return (np.rint(blocks / scales[:, :, None]) + 128).astype(np.uint8), scales

    def constant(self, name: str, values: NDArray[Any] | np.generic) -> str:
        """A constant; what is large is written to the file of weights, each at the start of a page."""
        values = np.asarray(values)
        if values.nbytes < SMALL:
            self.constants.append(numpy_helper.from_array(values, name))
            return name
        self.data.write(b"\0" * (-self.data.tell() % PAGE))
        kind = helper.np_dtype_to_tensor_dtype(values.dtype)
        made = TensorProto(name=name, dims=values.shape, data_type=kind, data_location=TensorProto.EXTERNAL)
        for key, value in (("location", self.data_name), ("offset", self.data.tell()), ("length", values.nbytes)):
            made.external_data.add(key=key, value=str(value))
        self.data.write(np.ascontiguousarray(values).data)
        self.constants.append(made)
        return name

    def product(self, x: str, name: str, weights: Weights) -> str:
        """``x`` times a matrix in 8 bits; each token of ``x`` is scaled by its largest number."""
        rounded, scales = weights
        largest = self.node("ReduceMax", [self.node("Abs", [x], f"{name}.abs"), "last axis"], f"{name}.max", keepdims=1)
        largest = self.node("Max", [largest, "least"], f"{name}.largest")
        unit = self.node("Div", [x, largest], f"{name}.unit")
        bytes_ = self.node("QuantizeLinear", [unit, "step", "middle"], f"{name}.bytes")
        matrix, factors = self.constant(f"{name}.w8", rounded), self.constant(f"{name}.scales", scales)
        made = self.node("MatMulIntegerToFloat", [bytes_, matrix, "step", factors, "middle"], f"{name}.product", FUSED)
        return self.node("Mul", [made, largest], name)

    def product_of_blocks(self, x: str, name: str, weights: Weights) -> str:
        """``x`` times a matrix in 8 bits, both scaled block by block."""
        rounded, scales = weights
        outputs, blocks, _ = rounded.shape
        inputs = [x, self.constant(f"{name}.w8", rounded), self.constant(f"{name}.scales", scales.ravel())]
        sizes = {"K": blocks * BLOCK, "N": outputs, "bits": 8, "block_size": BLOCK}
        return self.node("MatMulNBits", inputs, name, FUSED, accuracy_level=4, **sizes)  # 4: activations in 8 bits

    def normed(self, x: str, residual: str, norm: str) -> tuple[str, str]:
        """The root-mean-square norm of ``x`` plus the residual, and that sum."""
        weight = self.constant(f"{norm}.weight", self.vector(f"{norm}.weight"))
        if not residual:
            return self.node("SimplifiedLayerNormalization", [x, weight], norm, epsilon=self.epsilon, axis=-1), x
        outputs = f"{norm} {norm}.mean {norm}.variance {norm}.sum"
        self.node("SkipSimplifiedLayerNormalization", [x, residual, weight], outputs, FUSED, epsilon=self.epsilon)
        return norm, f"{norm}.sum"

    def layer(self, name: str, i: int, x: str, residual: str, weights: dict[str, Any]) -> tuple[str, str]:
        """Grouped-query attention, then the gated feed-forward network; its output and the residual to add."""
        shape = self.shape
        x, residual = self.normed(x, residual, f"{name}.attn_norm")
        biases = self.vector(*(f"{name}.attn_{part}.bias" for part in "qkv"))
        qkv = self.product(x, f"{name}.qkv", weights["qkv"])
        qkv = self.node("Add", [qkv, self.constant(f"{name}.qkv.bias", biases)], f"{name}.qkv.biased")
        heads = self.node(
            "GroupQueryAttention",
            [qkv, "", "", f"past.k{i}", f"past.v{i}", "last", "total", "cos", "sin"],
            f"{name}.heads present.k{i} present.v{i}",
            FUSED,
            num_heads=shape.heads,
            kv_num_heads=shape.kv_heads,
            do_rotary=1,
        )
        x = self.product(heads, f"{name}.out", weights["out"])
        x, residual = self.normed(x, residual, f"{name}.ffn_norm")
        inner = self.product(x, f"{name}.inner", weights["inner"])
        half = self.constant(f"{name}.split", np.full(2, weights["inner"][1].size // 2))
        self.node("Split", [inner, half], f"{name}.gate {name}.up", axis=-1)
        gated = self.node("QuickGelu", [f"{name}.gate"], f"{name}.gated", FUSED, alpha=1.0)  # x · sigmoid(x)
        both = self.node("Mul", [gated, f"{name}.up"], f"{name}.both")
        return self.product_of_blocks(both, f"{name}.down", weights["down"]), residual


# The products of a layer but the last, and the matrices of the file that each takes side by side.
PRODUCTS = {
    "qkv": ("attn_q", "attn_k", "attn_v"),
    "out": ("attn_output",),
    "inner": ("ffn_gate", "ffn_up"),
}

"""The packaged language model as an ONNX graph: Qwen2 with 8-bit matrix products, from the tensors of a GGUF file.

Activations are scaled token by token, so what a token becomes does not depend on what is processed with it. So that no number
among them stands out and leaves the others few of the 8 bits, everything between two products is kept in another orthonormal
basis, which the matrices on either side take in beforehand (QuaRot, arXiv:2404.00456); norms are taken in as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from genoassist.encoder import FUSED, Nodes, in_8_bits

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]
Weights = tuple[NDArray[Any], Floats]  # rounded, and their scales

# What comes into the last matrix of a layer is no matrix's work alone, so its basis is changed on the way, so many numbers at a
# time. In a basis as the file has it, with blocks of 128 here, the log-odds of judgements correlated .994 with those of llama.cpp
# instead of what benchmarks/runtime.py finds, and a section took 1.6 times as long.
INNER = 64
# Before this layer, of so many, stands most plainly what the model makes of a text (benchmarks/readout.md).
TOLD, OF = 22, 28
# More than a section, its headings and a question can have.
POSITIONS = 16384
OPSETS = (("", 24), (FUSED, 1))
SMALL = 1024  # bytes; less is kept in the graph itself
PAGE = 4096
ROWS = 8192


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a decoder: ``size`` is of a head, ``top`` the largest weight in 8 bits; ``made_of`` names file and format."""

    layers: int
    hidden: int
    heads: int
    kv_heads: int
    size: int
    top: int
    made_of: str


class Graph(Nodes):
    """Nodes and constants, each named as the tensor of the file it computes or holds; large constants go to ``data``."""

    def __init__(
        self, reader: Any, shape: Shape, epsilon: float, base: float, written: Integers, data: BinaryIO
    ) -> None:
        super().__init__()
        self.tensors = {tensor.name: tensor for tensor in reader.tensors}
        self.shape, self.epsilon, self.base = shape, epsilon, base
        # The same words go in and come out; where the file has both, those that come out have more bits.
        self.words = "output.weight" if "output.weight" in self.tensors else "token_embd.weight"
        self.written = written
        self.data, self.data_name = data, Path(data.name).name

    def blocks(self, name: str, rows: Integers | None = None) -> Iterator[Floats]:
        """The rows of a matrix (those asked for, in order), or a vector, in float32; some thousand at a time."""
        from gguf.quants import dequantize

        tensor = self.tensors[name]
        for start in range(0, len(tensor.data), ROWS):
            block = dequantize(tensor.data[start : start + ROWS], tensor.tensor_type).astype(np.float32)
            yield block if rows is None else block[rows[(rows >= start) & (rows < start + ROWS)] - start]

    def vector(self, name: str) -> Floats:
        """A vector, or all rows of a matrix."""
        return np.concatenate(list(self.blocks(name)))

    def whole(self, progress: Callable[[int, int], None]) -> onnx.ModelProto:
        """Embedded tokens, what was processed before them, to the ``logits`` after the tokens ``at`` of those to be written.

        And to the ``residual`` there, what the layers have made of them by ``TOLD``, in the other basis; and to the ``queries``
        of every layer's heads at the tokens ``asking``.
        """
        shape = self.shape
        half = shape.size // 2
        angles = np.arange(POSITIONS)[:, None] * self.base ** (-np.arange(half) / half)
        self.constant("cos", np.cos(angles).astype(np.float32))
        self.constant("sin", np.sin(angles).astype(np.float32))
        self.constant("last axis", np.array([-1]))
        self.constant("least", np.float32(1e-9))
        self.constant("step", np.float32(1 / 127))
        self.constant("middle", np.uint8(128))
        self.constant("ones", np.ones(shape.hidden, np.float32))
        inner = int(self.tensors["blk.0.ffn_down.weight"].shape[0])
        self.constant("rotation", rotated(np.eye(INNER, dtype=np.float32)))
        self.constant("parted", np.array([0, 0, inner // INNER, INNER]))
        self.constant("joined", np.array([0, 0, inner]))
        self.constant("thirds", np.array([shape.heads, shape.kv_heads, shape.kv_heads]) * shape.size)
        self.constant("by head", np.array([0, 0, -1, shape.size]))
        self.constant("all heads", np.array([0, 0, shape.heads * shape.size]))
        x, residual = "words", ""
        for i, weights in enumerate(self.layers()):
            x, residual = self.layer(f"blk.{i}", i, x, residual, weights)
            progress(i + 1, shape.layers)
        self.node("Gather", [f"blk.{shape.layers * TOLD // OF}.attn_norm.sum", "at"], "residual", axis=1)
        self.queries()
        x = self.normed(x, residual, "output_norm")[0]
        norm = self.vector("output_norm.weight")
        words = self.quantised(rotated(block * norm) for block in self.blocks(self.words, self.written))
        self.product(self.node("Gather", [x, "at"], "read", axis=1), "logits", words)
        past: list[str | int | None] = ["batch", shape.kv_heads, "past", shape.size]
        kept = [f"{kind}{i}" for i in range(shape.layers) for kind in "kv"]
        inputs = [
            helper.make_tensor_value_info("words", TensorProto.FLOAT, ["batch", "tokens", shape.hidden]),
            helper.make_tensor_value_info("together", TensorProto.BOOL, []),
            helper.make_tensor_value_info("places", TensorProto.INT64, ["batch", "tokens"]),
            helper.make_tensor_value_info("start", TensorProto.INT64, ["batch"]),
            helper.make_tensor_value_info("end", TensorProto.INT64, ["batch"]),
            helper.make_tensor_value_info("last", TensorProto.INT32, ["batch"]),
            helper.make_tensor_value_info("total", TensorProto.INT32, []),
            helper.make_tensor_value_info("at", TensorProto.INT64, ["some"]),
            helper.make_tensor_value_info("asking", TensorProto.INT64, ["asked"]),
            *(helper.make_tensor_value_info(f"past.{name}", TensorProto.FLOAT, past) for name in kept),
        ]
        outputs = [
            helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", "some", "vocabulary"]),
            helper.make_tensor_value_info("residual", TensorProto.FLOAT, ["batch", "some", shape.hidden]),
            helper.make_tensor_value_info(
                "queries", TensorProto.FLOAT, ["batch", "asked", shape.layers * shape.hidden]
            ),
            *(helper.make_tensor_value_info(f"present.{name}", TensorProto.FLOAT, past) for name in kept),
        ]
        graph = helper.make_graph(self.nodes, "qwen2", inputs, outputs, self.constants)
        opsets = [helper.make_opsetid(domain, version) for domain, version in OPSETS]
        return helper.make_model(graph, opset_imports=opsets, ir_version=11)

    def queries(self) -> None:
        """What the heads of every layer look for at the tokens ``asking``, turned by their places, one layer after the other."""
        count, heads = self.shape.layers, self.shape.heads
        self.constant("by layer", np.array([0, 0, count, -1]))
        self.constant("in a row", np.array([0, 0, -1]))
        self.constant("first", np.array([heads, 2 * self.shape.kv_heads]) * self.shape.size)
        asked = [self.node("Gather", [f"blk.{i}.qkv.biased", "asking"], f"blk.{i}.asked", axis=1) for i in range(count)]
        x = self.node("Reshape", [self.node("Concat", asked, "asked.all", axis=2), "by layer"], "asked.layers")
        x = self.node("Split", [x, "first"], "asked.q asked.kv", axis=-1)
        x = self.node("Reshape", [x, "in a row"], "asked.row")
        turn = [self.node("Gather", ["places", "asking"], "asked.places", axis=1), "cos", "sin"]
        self.node("RotaryEmbedding", [x, *turn], "queries", FUSED, num_heads=count * heads)

    def layers(self) -> Iterator[dict[str, Weights]]:
        """The weights of each layer in 8 bits, two layers at a time."""

        def one(i: int) -> dict[str, Weights]:
            q, k, v = (self.after_norm(f"blk.{i}.attn_norm", f"blk.{i}.attn_{part}.weight") for part in "qkv")
            out = rotated(self.vector(f"blk.{i}.attn_output.weight"), self.shape.size)
            gate, up = (self.after_norm(f"blk.{i}.ffn_norm", f"blk.{i}.ffn_{part}.weight") for part in ("gate", "up"))
            down = rotated(self.vector(f"blk.{i}.ffn_down.weight"), INNER)
            return {
                "qkv": self.quantised([q, k, rotated(v.T, self.shape.size).T]),
                "out": self.quantised([rotated(out.T).T]),
                "inner": self.quantised([gate, up]),
                "down": self.quantised([rotated(down.T).T]),
            }

        with ThreadPoolExecutor(2) as pool:
            ahead: list[Future[Any]] = [pool.submit(one, i) for i in range(min(2, self.shape.layers))]
            for i in range(self.shape.layers):
                yield ahead.pop(0).result()
                if i + 2 < self.shape.layers:
                    ahead.append(pool.submit(one, i + 2))

    def after_norm(self, norm: str, name: str) -> Floats:
        """A matrix as it works on what a norm leaves without its weights, in the other basis."""
        return rotated(self.vector(name) * self.vector(f"{norm}.weight"))

    def quantised(self, matrices: Iterable[Floats]) -> Weights:
        """Those matrices side by side in 8 bits, shape (inputs, outputs), and the scale of each output."""
        made = [in_8_bits(matrix, self.shape.top) for matrix in matrices]
        return np.concatenate([rounded for rounded, _ in made]).T, np.concatenate([scales for _, scales in made])

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

    def normed(self, x: str, residual: str, norm: str) -> tuple[str, str]:
        """The root-mean-square norm of ``x`` plus the residual, and that sum."""
        if not residual:
            return self.node("SimplifiedLayerNormalization", [x, "ones"], norm, epsilon=self.epsilon, axis=-1), x
        outputs = f"{norm} {norm}.mean {norm}.variance {norm}.sum"
        self.node("SkipSimplifiedLayerNormalization", [x, residual, "ones"], outputs, FUSED, epsilon=self.epsilon)
        return norm, f"{norm}.sum"

    def layer(self, name: str, i: int, x: str, residual: str, weights: dict[str, Any]) -> tuple[str, str]:
        """Grouped-query attention, then the gated feed-forward network; its output and the residual to add."""
        shape = self.shape
        x, residual = self.normed(x, residual, f"{name}.attn_norm")
        q, k, v = (self.vector(f"{name}.attn_{part}.bias") for part in "qkv")
        biases = self.constant(f"{name}.qkv.bias", np.concatenate([q, k, rotated(v, shape.size)]))
        qkv = self.node("Add", [self.product(x, f"{name}.qkv", weights["qkv"]), biases], f"{name}.qkv.biased")
        x = self.product(self.attention(f"{name}.heads", i, qkv), f"{name}.out", weights["out"])
        x, residual = self.normed(x, residual, f"{name}.ffn_norm")
        inner = self.product(x, f"{name}.inner", weights["inner"])
        half = self.constant(f"{name}.split", np.full(2, weights["inner"][1].size // 2))
        self.node("Split", [inner, half], f"{name}.gate {name}.up", axis=-1)
        gated = self.node("QuickGelu", [f"{name}.gate"], f"{name}.gated", FUSED, alpha=1.0)  # x · sigmoid(x)
        both = self.node("Mul", [gated, f"{name}.up"], f"{name}.both")
        both = self.node("Reshape", [both, "parted"], f"{name}.parts")
        both = self.node("MatMul", [both, "rotation"], f"{name}.parts.rotated")
        both = self.node("Reshape", [both, "joined"], f"{name}.rotated")
        return self.product(both, f"{name}.down", weights["down"]), residual

    def attention(self, name: str, i: int, qkv: str) -> str:
        """Grouped-query attention to what was kept of a text and to these tokens, which are kept with it.

        The operator that is fastest with one text takes no more than a token of each of several; those ``together`` take other
        ones, which go through all the room there is.
        """
        one, several = Nodes(), Nodes()
        past, turn = [f"past.k{i}", f"past.v{i}"], ["places", "cos", "sin"]
        heads = {"q": self.shape.heads, "k": self.shape.kv_heads}

        known = {"num_heads": heads["q"], "kv_num_heads": heads["k"], "do_rotary": 1}
        outputs = f"{name}.one {name}.one.k {name}.one.v"
        one.node("GroupQueryAttention", [qkv, "", "", *past, "last", "total", "cos", "sin"], outputs, FUSED, **known)

        several.node("Split", [qkv, "thirds"], f"{name}.q {name}.k {name}.v", axis=-1)
        for x, count in heads.items():
            several.node("RotaryEmbedding", [f"{name}.{x}", *turn], f"{name}.{x}.turned", FUSED, num_heads=count)
        parts = [f"{name}.q.turned", f"{name}.k.turned", f"{name}.v"]
        parts = [several.node("Reshape", [part, "by head"], f"{part}.parted") for part in parts]
        q, *new = (several.node("Transpose", [part], f"{part}.headed", perm=[0, 2, 1, 3]) for part in parts)
        places = zip(past, new, strict=True)
        kept = [several.node("TensorScatter", [before, x, "start"], f"{x}.kept", axis=2) for before, x in places]
        made = several.node("Attention", [q, *kept, "", "", "", "end"], f"{name}.made", is_causal=1)
        made = several.node("Transpose", [made], f"{name}.made.turned", perm=[0, 2, 1, 3])
        made = several.node("Reshape", [made, "all heads"], f"{name}.several")

        branches = {"then_branch": several.part([made, *kept]), "else_branch": one.part(outputs.split())}
        return self.node("If", ["together"], f"{name} present.k{i} present.v{i}", **branches)


def rotated(vectors: Floats, size: int = 0) -> Floats:
    """Vectors in another orthonormal basis, all of each or ``size`` numbers of it at a time: no number stands out any more."""
    powers, rest = basis(size or vectors.shape[-1])
    parts = vectors.reshape(-1, len(rest), len(powers)) @ powers
    turned: Floats = (rest @ parts).reshape(vectors.shape)
    return turned


@cache
def basis(size: int) -> tuple[Floats, Floats]:
    """Hadamard's matrix for the powers of two in a size, and the cosine transform for the rest, both orthonormal."""
    from scipy.fft import dct
    from scipy.linalg import hadamard

    power = size & -size
    rest = dct(np.eye(size // power), norm="ortho", axis=0)
    return (hadamard(power) / np.sqrt(power)).astype(np.float32), rest.astype(np.float32)

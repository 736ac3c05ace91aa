"""The packaged embedding model at work: its BERT as an ONNX graph with 8-bit matrix products, run by ONNX Runtime.

The graph is built in memory from the 4-bit file at each start, which takes less time than reading a second copy would.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime import InferenceSession, SessionOptions

from genoassist import e5
from genoassist.embedder import Encode
from genoassist.errors import ModelError, reason
from genoassist.unigram import Unigram

PROMPTS = {"query": "query: ", "passage": "passage: "}  # the ones e5 was trained with (arXiv:2402.05672)
# Weights take 7 of the 8 bits: sums of two products then fit the 16 bits in which processors without VNNI keep them. On
# those with it, the cosine to float32 falls by 0.0005, and the speed is the same (benchmarks/embedding_parity.py).
TOP = 63
ALL_8_BITS = 127
FUSED = "com.microsoft"  # ONNX Runtime's own operators
OPSETS = (("", 17), (FUSED, 1))


def load(path: Path, threads: int) -> tuple[Encode, Encode]:
    """The functions that encode queries and passages: texts to unit vectors, shape (texts, hidden), float32.

    A text is encoded alone, on one thread, and ``threads`` of them at a time: nothing is padded, and the vector of a text
    does not depend on its neighbours (activations are scaled over all that is multiplied at once). Raises ModelError
    when the file is not in the format.
    """
    file = e5.read(path)
    tokenizer = Unigram(file.pieces, file.positions)
    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_mem_pattern = False  # every text has its own length
    try:
        session = InferenceSession(graph(file).SerializeToString(), options, providers=["CPUExecutionProvider"])
    except (KeyError, IndexError, ValueError) as error:
        raise ModelError("embedding.format", path=path, reason=reason(error)) from None

    def one(text: str) -> NDArray[np.float32]:
        ids = np.array([tokenizer.encode(text)])
        vector: NDArray[np.float32] = session.run(None, {"words": file.words(ids)})[0][0]
        return vector

    def encode(prompt: str, texts: Sequence[str]) -> NDArray[np.float32]:
        prompted = [prompt + text for text in texts]
        if len(prompted) == 1:
            return one(prompted[0])[None]
        with ThreadPoolExecutor(threads) as pool:
            return np.array(list(pool.map(one, prompted)), np.float32).reshape(-1, file.hidden)

    return partial(encode, PROMPTS["query"]), partial(encode, PROMPTS["passage"])


def graph(file: e5.E5File) -> onnx.ModelProto:
    """Word embeddings ``words`` of one text, shape (1, tokens, hidden), to its ``vector``: shape (1, hidden), unit length."""
    made = _Graph(file)
    made.constant("positions", file.tensor("emb.pos") + file.tensor("emb.type")[0])
    made.constant("none", np.array([0]))
    made.node("Shape", ["words"], "tokens", start=1, end=2)
    made.node("Slice", ["positions", "none", "tokens", "none"], "places")
    made.node("Add", ["words", "places"], "summed")
    norm = [made.tensor("emb.ln.w"), made.tensor("emb.ln.b")]
    x = made.node("LayerNormalization", ["summed", *norm], "embedded", epsilon=file.epsilon)
    for i in range(file.layers):
        x = made.layer(x, f"l{i}")
    made.node("ReduceMean", [x], "mean", axes=[1], keepdims=0)
    made.node("LpNormalization", ["mean"], "vector", axis=-1, p=2)
    words = helper.make_tensor_value_info("words", TensorProto.FLOAT, [1, "tokens", file.hidden])
    vector = helper.make_tensor_value_info("vector", TensorProto.FLOAT, [1, file.hidden])
    whole = helper.make_graph(made.nodes, "e5", [words], [vector], made.constants)
    opsets = [helper.make_opsetid(domain, version) for domain, version in OPSETS]
    return helper.make_model(whole, opset_imports=opsets, ir_version=9)


@cache
def largest_weight() -> int:
    """The largest weight in 8 bits with which this processor's sums are exact: 127, or 63 without VNNI."""
    weights = numpy_helper.from_array(np.full((64, 64), ALL_8_BITS, np.int8), "weights")
    inputs = helper.make_tensor_value_info("x", TensorProto.UINT8, [64, 64])
    outputs = helper.make_tensor_value_info("y", TensorProto.INT32, [64, 64])
    product = helper.make_node("MatMulInteger", ["x", "weights"], ["y"])
    whole = helper.make_graph([product], "sums", [inputs], [outputs], [weights])
    model = helper.make_model(whole, opset_imports=[helper.make_opsetid(*OPSETS[0])], ir_version=9)
    session = InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    sums = session.run(None, {"x": np.full((64, 64), 255, np.uint8)})[0]
    return ALL_8_BITS if (sums == 64 * 255 * ALL_8_BITS).all() else TOP


def in_8_bits(weights: NDArray[np.float32], top: int = TOP) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """A matrix, shape (outputs, inputs), rounded to ``-top`` … ``top``, and the scale of each output."""
    scales = np.maximum(np.abs(weights).max(axis=1), np.finfo(np.float32).tiny) / top
    return np.rint(weights / scales[:, None]).astype(np.int8), scales


class Nodes:
    """The nodes and constants of a graph in the making."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def node(self, operator: str, inputs: Sequence[str], output: str, domain: str = "", **options: Any) -> str:
        """The first output of an operator, whose outputs are named with a blank between them."""
        outputs = output.split()
        self.nodes.append(helper.make_node(operator, inputs, outputs, domain=domain, **options))
        return outputs[0]

    def part(self, outputs: Sequence[str]) -> onnx.GraphProto:
        """These nodes as a branch of a graph, whose names they know, with those float32 outputs."""
        made = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
        return helper.make_graph(self.nodes, outputs[0], [], made)


class _Graph(Nodes):
    """Nodes and constants, each named as the tensor of the file it computes or holds."""

    def __init__(self, file: e5.E5File) -> None:
        super().__init__()
        self.file = file

    def constant(self, name: str, values: NDArray[np.generic]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def tensor(self, name: str) -> str:
        return self.constant(name, self.file.tensor(name))

    def product(self, x: str, name: str, parts: Sequence[str]) -> str:
        """``x`` times those matrices side by side, without their biases; a scale a column, and one for all of ``x``."""
        weights = np.concatenate([self.file.tensor(f"{part}.w") for part in parts])
        rounded, scales = in_8_bits(weights)
        inputs = [
            x,
            self.constant(f"{name}.w8", rounded.T),
            self.constant(f"{name}.scales", scales),
            self.constant(f"{name}.zeros", np.zeros(len(scales), np.int8)),
        ]
        return self.node("DynamicQuantizeMatMul", inputs, f"{name}.product", FUSED)

    def normed(self, x: str, residual: str, norm: str, bias: str) -> str:
        """The layer normalisation of ``x`` with its bias plus the residual."""
        inputs = [x, residual, *(self.tensor(name) for name in (f"{norm}.w", f"{norm}.b", f"{bias}.b"))]
        return self.node("SkipLayerNormalization", inputs, norm, FUSED, epsilon=self.file.epsilon)

    def layer(self, x: str, name: str) -> str:
        """Attention, then the feed-forward network, each with its residual and its norm."""
        parts = [f"{name}.{part}" for part in ("q", "k", "v")]
        bias = np.concatenate([self.file.tensor(f"{part}.b") for part in parts])
        split = self.constant(f"{name}.split", np.full(3, self.file.hidden))
        self.node("Split", [self.product(x, f"{name}.qkv", parts), split], " ".join(parts), axis=-1)
        inputs = [*parts, self.constant(f"{name}.qkv.b", bias)]
        heads = self.node("MultiHeadAttention", inputs, f"{name}.heads", FUSED, num_heads=self.file.heads)
        attended = self.product(heads, f"{name}.ao", [f"{name}.ao"])
        y = self.normed(attended, x, f"{name}.aln", f"{name}.ao")
        inner = [self.product(y, f"{name}.fi", [f"{name}.fi"]), self.tensor(f"{name}.fi.b")]
        activated = self.node("BiasGelu", inner, f"{name}.gelu", FUSED)
        return self.normed(self.product(activated, f"{name}.fo", [f"{name}.fo"]), y, f"{name}.oln", f"{name}.fo")

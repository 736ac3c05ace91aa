"""The baseline: the pipeline a developer would write in an hour with LlamaIndex, with the product's own two models.

    python benchmarks/plain_llamaindex.py tests/data/questions.yaml [--count 4] [-o answers.jsonl]

VectorStoreIndex on Chroma, chunks of 256 tokens, the three nearest, the condense_plus_context chat engine with its own
prompts, Qwen2.5-Coder-1.5B in ChatML by llama.cpp with its prompt cache on, greedy, the same threads. Nothing of it is
handicapped and nothing of it is tuned. ``PlainLlamaIndex.ask`` gives answers in the JSON shape of ``genoassist batch``;
the script asks a question set, prints its scorecard and keeps the answers.

Three things the pipeline does not say are read off for the scorecard, in its favour: an answer that says it does not know
is a refusal; the chunks retrieved are its citations, each of the section most of it lies in; the language is the
question's (the scorecard still reads the answer's own).
"""

from __future__ import annotations

import argparse
import json
import queue
import re
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import chromadb
import xllamacpp
from llama_index.core import Document, StorageContext, VectorStoreIndex
from llama_index.core.llms import LLM, ChatMessage, CompletionResponse, CustomLLM, LLMMetadata
from llama_index.core.llms.callbacks import llm_completion_callback
from llama_index.core.memory import ChatMemoryBuffer
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.schema import BaseNode
from llama_index.vector_stores.chroma import ChromaVectorStore
from pydantic import PrivateAttr

from genoassist import corpus as corpora
from genoassist import evaluate, evaluate_report, settings
from genoassist.embedding import open_embedder
from genoassist.language import detect
from genoassist.models import LANGUAGE_MODEL, locate
from genoassist.types import Document as Source
from genoassist.types import Turn

CHUNK_TOKENS = 256
OVERLAP_TOKENS = 20
TOP = 3
CONTEXT_TOKENS = 8192
REPLY_TOKENS = 512
DOES_NOT_KNOW = re.compile(
    r"\b(?:do(?:es)?(?: not|n['’]t) (?:know|mention|specify|provide|contain|state|say|include|have)"
    r"|(?:is|are|was|were)(?: not|n['’]t) (?:\w+ )?(?:mentioned|specified|provided|stated|given|present|available)"
    r"|not (?:mentioned|specified|provided|stated|present|available) in|no information|I cannot (?:answer|provide)"
    r"|(?:ne |n['’])(?:sai[st]|connai[st]|mentionne|précise|fourni[st]|contient|dispose|donne|indique|figure)\b[^.]*\bpas"
    r"|(?:n['’]est|ne sont|n['’]a|n['’]ont) pas (?:\w+ )?(?:mentionnée?s?|précisée?s?|fournie?s?|indiquée?s?|disponibles?)"
    r"|(?:aucune |pas d['’])information)",
    re.IGNORECASE,
)


def served(path: Path, threads: int) -> xllamacpp.Server:
    """A GGUF model as llama.cpp runs it in this process."""
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx = CONTEXT_TOKENS
    params.n_parallel = 1
    params.n_gpu_layers = 0
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = threads
    params.verbosity = -1
    return xllamacpp.Server(params)


class LlamaCpp(CustomLLM):
    """A GGUF chat model of the ChatML family in this process."""

    _server: xllamacpp.Server = PrivateAttr()

    def __init__(self, path: Path, threads: int) -> None:
        super().__init__(messages_to_prompt=_messages, completion_to_prompt=_completion)
        self._server = served(path, threads)

    @property
    def metadata(self) -> LLMMetadata:
        """What llama-index sizes its prompts by."""
        return LLMMetadata(context_window=CONTEXT_TOKENS, num_output=REPLY_TOKENS, is_chat_model=True)

    @llm_completion_callback()
    def complete(self, prompt: str, formatted: bool = False, **_: Any) -> CompletionResponse:
        """The whole reply."""
        *_, last = self.stream_complete(prompt, formatted=formatted)
        return last

    @llm_completion_callback()
    def stream_complete(self, prompt: str, formatted: bool = False, **_: Any) -> Iterator[CompletionResponse]:
        """The reply so far, at each piece."""
        request = {
            "prompt": prompt if formatted else self.completion_to_prompt(prompt),
            "max_tokens": REPLY_TOKENS,
            "temperature": 0,
            "stream": True,
        }
        pieces: queue.Queue[dict[str, Any] | None] = queue.Queue()

        def run() -> None:
            self._server.handle_completions(request, lambda chunk: pieces.put(chunk))
            pieces.put(None)

        threading.Thread(target=run, daemon=True).start()
        text = ""
        while (chunk := pieces.get()) is not None:
            delta = chunk["choices"][0]["text"]
            text += delta
            yield CompletionResponse(text=text, delta=delta)


def _messages(messages: Sequence[ChatMessage]) -> str:
    turns = (f"<|im_start|>{m.role.value}\n{m.content}<|im_end|>\n" for m in messages)
    return "".join(turns) + "<|im_start|>assistant\n"


def _completion(prompt: str) -> str:
    return _messages([ChatMessage(role="user", content=prompt)])


class PlainLlamaIndex:
    """The pipeline over a corpus, indexed in memory; ``index_seconds`` is how long that took once the models were there."""

    def __init__(self, given: settings.Settings, llm: LLM | None = None) -> None:
        loaded = corpora.load(given.corpus)
        self._sources = {document.path: document for document in loaded.documents}
        self._llm = llm or LlamaCpp(locate(LANGUAGE_MODEL, given), given.threads)
        embedder = open_embedder(given)
        embedder.warm()
        started = time.perf_counter()
        client = chromadb.EphemeralClient(chromadb.Settings(anonymized_telemetry=False))
        collection = client.create_collection(f"plain-{id(self)}", embedding_function=None)
        documents = [
            Document(
                text=document.text,
                metadata={"path": document.path},
                excluded_embed_metadata_keys=["path"],
                excluded_llm_metadata_keys=["path"],
            )
            for document in loaded.documents
        ]
        self._index = VectorStoreIndex.from_documents(
            documents,
            storage_context=StorageContext.from_defaults(vector_store=ChromaVectorStore(chroma_collection=collection)),
            transformations=[SentenceSplitter(chunk_size=CHUNK_TOKENS, chunk_overlap=OVERLAP_TOKENS)],
            embed_model=embedder,
        )
        self.index_seconds = time.perf_counter() - started

    def ask(self, question: str, history: Sequence[Turn] = (), identifier: str = "") -> dict[str, Any]:
        """The answer as the contract's JSON; ``seconds`` are to the chunks (evidence), the first token and the end."""
        started = time.perf_counter()
        seconds: dict[str, float] = {}
        memory = ChatMemoryBuffer.from_defaults(token_limit=CONTEXT_TOKENS - REPLY_TOKENS)
        chat = self._index.as_chat_engine(
            chat_mode="condense_plus_context", llm=self._llm, memory=memory, similarity_top_k=TOP
        )
        turns = [ChatMessage(role=turn.role, content=turn.content) for turn in history]
        response = chat.stream_chat(question, chat_history=turns)
        seconds["evidence"] = time.perf_counter() - started
        text = ""
        for piece in response.response_gen:
            if piece:
                seconds.setdefault("first_token", time.perf_counter() - started)
            text += piece
        seconds["total"] = time.perf_counter() - started
        refused = not text.strip() or bool(DOES_NOT_KNOW.search(text))
        citations = [self._citation(n, node.node) for n, node in enumerate(response.source_nodes, start=1)]
        return {
            "id": identifier,
            "question": question,
            "language": detect(question),
            "kind": "refusal" if refused else "answer",
            "reason": "not_in_corpus" if refused else None,
            "answer": text.strip(),
            "citations": [] if refused else [citation for citation in citations if citation],
            "engine": "plain_llamaindex",
            "seconds": seconds,
        }

    def _citation(self, n: int, node: BaseNode) -> dict[str, Any] | None:
        """The chunk as a span of its file, None where the splitter has not kept it verbatim."""
        document: Source = self._sources[node.metadata["path"]]
        quote = node.get_content()
        if (start := document.text.find(quote)) < 0:
            return None
        end = start + len(quote)
        section = max(document.sections, key=lambda s: min(end, s.end) - max(start, s.start))
        return {
            "n": n,
            "document": document.id,
            "path": document.path,
            "section_id": section.id,
            "section": section.heading,
            "section_fr": section.heading_fr,
            "quote": quote,
            "start": start,
            "end": end,
        }


def main() -> None:
    """Ask the questions, print the scorecard, keep the answers where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("questions", type=Path)
    parser.add_argument("--count", type=int, help="only the first so many")
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("-o", "--output", type=Path, help="the answers, one JSON object a line")
    given = parser.parse_args()
    questions = evaluate.load_questions(given.questions)[: given.count]
    plain = PlainLlamaIndex(settings.load(corpus=given.corpus))
    print(f"indexed in {plain.index_seconds:.2f} s")
    answers = []

    def ask(question: evaluate.Question) -> dict[str, Any]:
        answers.append(plain.ask(question.question, question.history, question.id))
        return answers[-1]

    card = evaluate.run(questions, ask, lambda done, total: print(f"\r{done} of {total}", end=""), given.corpus)
    print("\n" + evaluate_report.to_text(card, "en"))
    if given.output:
        lines = (json.dumps(answer, ensure_ascii=False) + "\n" for answer in answers)
        given.output.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()

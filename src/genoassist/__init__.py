"""genoassist: questions answered from a corpus, each sentence cited to the sentence that supports it, in English and French."""

__version__ = "0.1.0"

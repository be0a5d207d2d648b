#!/usr/bin/env python3
"""Reference sentence vectors by plain transformers on Debian's torch.

Reads a JSON list of sentences from standard input, prints a JSON list of vectors: the mean of the last hidden states, scaled to
length one. Each sentence runs alone, so padding cannot play a part.

    python3 embeddings_reference.py MODEL_DIRECTORY < sentences.json

Environment: python3-torch from Debian (1.13), transformers 4.46.3 in a virtual environment with --system-site-packages.
"""

import json
import sys

import torch
from transformers import AutoTokenizer, BertModel

MAX_LENGTH = 256  # max_seq_length of all-MiniLM-L6-v2's sentence_bert_config.json


def main() -> None:
    directory = sys.argv[1]
    sentences = json.load(sys.stdin)
    tokenizer = AutoTokenizer.from_pretrained(directory, local_files_only=True)
    model = BertModel.from_pretrained(directory, local_files_only=True)
    model.eval()
    vectors = []
    with torch.no_grad():
        for sentence in sentences:
            tokens = tokenizer(sentence, truncation=True, max_length=MAX_LENGTH, padding=False, return_tensors="pt")
            hidden = model(**tokens).last_hidden_state[0]
            vector = torch.nn.functional.normalize(hidden.mean(dim=0), dim=0)
            vectors.append(vector.tolist())
    json.dump(vectors, sys.stdout)


if __name__ == "__main__":
    main()

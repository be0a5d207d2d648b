"""Measures Presidio on the corpus of `chancery_data::personal`, by the same rule as ours.

Takes JSON lines of {text, language, labels: [{class, start, end}]} with offsets in bytes on standard input, and prints one JSON object:
for each class how many labels were found and missed and how many findings were wrong, and the seconds it took. With `--model NAME` the
names and places come from that spaCy pipeline; without, only patterns are used. Presidio's own thresholds stand: every finding counts,
unless `--least SCORE` says otherwise.
"""

import argparse
import collections
import json
import sys
import time

import spacy
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine

# Presidio's entity for each of our classes. It has none for the Chinese identity number, the social credit code, coordinates, secrets,
# dates of birth (DATE_TIME is any date) and medical records but NHS numbers.
CLASSES = {
    "EMAIL_ADDRESS": "email",
    "PHONE_NUMBER": "phone",
    "IBAN_CODE": "iban",
    "CREDIT_CARD": "card",
    "IP_ADDRESS": "ip_address",
    "US_SSN": "social_security",
    "US_PASSPORT": "passport",
    "UK_PASSPORT": "passport",
    "DE_PASSPORT": "passport",
    "IN_PASSPORT": "passport",
    "UK_NHS": "medical_record",
    "PERSON": "name",
    "LOCATION": "address",
}


class LoadedEngine(SpacyNlpEngine):
    """A pipeline that is made here: a blank one needs no download."""

    def __init__(self, pipeline):
        super().__init__(ner_model_configuration=NerModelConfiguration())
        self.nlp = {"en": pipeline}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model")
    parser.add_argument("--least", type=float, default=0.0)
    options = parser.parse_args()
    items = [json.loads(line) for line in sys.stdin]
    pipeline = spacy.load(options.model) if options.model else spacy.blank("en")
    registry = RecognizerRegistry(supported_languages=["en"])
    registry.load_predefined_recognizers(languages=["en"], nlp_engine=LoadedEngine(pipeline))
    analyzer = AnalyzerEngine(registry=registry, nlp_engine=LoadedEngine(pipeline), supported_languages=["en"])
    known = set(analyzer.get_supported_entities("en"))
    started = time.monotonic()
    scores = collections.defaultdict(lambda: {"found": 0, "missed": 0, "wrong": 0})
    for item in items:
        findings = analyzer.analyze(item["text"], language="en", entities=sorted(known & CLASSES.keys()))
        score(item, [finding for finding in findings if finding.score >= options.least], scores)
    print(json.dumps({"seconds": round(time.monotonic() - started, 1), "classes": scores}))


def score(item, findings, scores):
    """A finding bears out a label of its class where what they share is at least half of what they cover together."""
    text = item["text"]
    left = []
    for finding in findings:
        start = len(text[: finding.start].encode())
        left.append((CLASSES[finding.entity_type], start, start + len(text[finding.start : finding.end].encode())))
    # The same place under two entities of one class is one finding.
    left = sorted(set(left))
    for label in item["labels"]:
        matching = [finding for finding in left if bears_out(finding, label)]
        scores[label["class"]]["found" if matching else "missed"] += 1
        for finding in matching:
            left.remove(finding)
    for name, _, _ in left:
        scores[name]["wrong"] += 1


def bears_out(finding, label):
    name, start, end = finding
    shared = max(0, min(end, label["end"]) - max(start, label["start"]))
    together = max(end, label["end"]) - min(start, label["start"])
    return name == label["class"] and shared * 2 >= together


if __name__ == "__main__":
    main()

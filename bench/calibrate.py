"""Fits the few numbers of ``knowledge/search/weights.json`` on the development questions and the bank's held-out part.

The held-out questions, the third district and the samples are not read here.
"""

import argparse
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from bench.labels import DATA, is_wanted, read_labels
from bench.quality import indexes
from knowledge.district import SHIPPED, read_links
from knowledge.personal_data import mask
from knowledge.search.finding import Search
from knowledge.search.index import DistrictIndex
from knowledge.search.ranking import Weights, clause_scores, cover_features
from knowledge.search.recogniser import Recognition
from knowledge.search.vectors import Vector
from knowledge.training.bank import read_wordings

MIXES = [
    (topical, dense, lexical)
    for topical in (1.0,)
    for dense in (0.0, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2)
    for lexical in (0.0, 0.05, 0.1, 0.2, 0.4)
]
ANSWERABLE = frozenset({"question", "can_i_post"})


def main() -> None:
    """Fit and write the numbers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=Path("var/model"))
    parser.add_argument("--to", type=Path, default=Path("knowledge/search/weights.json"))
    arguments = parser.parse_args()
    manifest = json.loads((arguments.model / "manifest.json").read_text(encoding="utf-8"))
    if manifest["with_held_out"]:
        raise SystemExit("export the model with --without-held-out first: it must not know what it is fitted on")
    search = Search(arguments.model)
    dev = read_labels(DATA / "questions.dev.jsonl")
    weights = search.weights
    for with_links in (True, False):
        indexed = indexes(search, with_links=with_links)
        seen = [_see(search, mask(label["text"]), indexed[label["district"]]) for label in dev]
        mix = _best_mix(dev, seen, indexed, weights, with_links=with_links)
        weights = _with_mix(weights, mix, with_links=with_links)
        coefficients = _fit_cover(search, dev, seen, indexed, weights)
        weights = replace(weights, cover=coefficients) if with_links else replace(weights, unlinked_cover=coefficients)
    arguments.to.write_text(json.dumps(asdict(weights), indent=1) + "\n", encoding="utf-8")
    print(arguments.to.read_text(encoding="utf-8"))


def _see(search: Search, text: str, index: DistrictIndex) -> tuple[Recognition, Vector, Vector]:
    """Compute everything that the numbers are fitted on."""
    read = search.spelling.put_right(text)
    vector = search.encoder.encode([read])[0]
    return search.recogniser.recognise(read, vector), index.dense(vector), index.lexical(read)


def _best_mix(
    dev: list[dict[str, Any]],
    seen: list[tuple[Recognition, Vector, Vector]],
    indexed: Mapping[str, DistrictIndex],
    weights: Weights,
    *,
    with_links: bool,
) -> tuple[float, float, float]:
    """Return the mix that puts the governing clause highest, first places counting most."""
    best, best_worth = MIXES[0], -1.0
    for mix in MIXES:
        trial = _with_mix(weights, mix, with_links=with_links)
        worth = 0.0
        for label, (recognition, dense, lexical) in zip(dev, seen, strict=True):
            if not label["clauses"] or label["kind"] not in ("fact", "procedure", "can_i_post"):
                continue
            index = indexed[label["district"]]
            order = np.argsort(-clause_scores(index, recognition.topics, dense, lexical, trial))
            for rank, place in enumerate(order[:5]):
                clause = index.clauses[place]
                if any(is_wanted(wanted, (clause.id, clause.text)) for wanted in label["clauses"]):
                    worth += 1.0 / (rank + 1)
                    break
        if worth > best_worth:
            best, best_worth = mix, worth
    print(f"{'linked' if with_links else 'unlinked'} mix {best}, reciprocal ranks {best_worth:.1f}")
    return best


def _with_mix(weights: Weights, mix: tuple[float, float, float], *, with_links: bool) -> Weights:
    if with_links:
        return replace(weights, topical=mix[0], dense=mix[1], lexical=mix[2])
    return replace(weights, unlinked_topical=mix[0], unlinked_dense=mix[1], unlinked_lexical=mix[2])


def _fit_cover(
    search: Search,
    dev: list[dict[str, Any]],
    seen: list[tuple[Recognition, Vector, Vector]],
    indexed: Mapping[str, DistrictIndex],
    weights: Weights,
) -> tuple[float, ...]:
    """Fit the chance that a district's guidelines answer."""
    rows: list[Vector] = []
    covered: list[bool] = []
    importance: list[float] = []
    for label, (recognition, dense, lexical) in zip(dev, seen, strict=True):
        if label["kind"] not in ("fact", "procedure", "can_i_post", "out_of_scope"):
            continue
        index = indexed[label["district"]]
        scores = clause_scores(index, recognition.topics, dense, lexical, weights)
        rows.append(cover_features(index, recognition, scores, dense, lexical))
        covered.append(label["kind"] != "out_of_scope")
        importance.append(3.0)
    for district_id in ("redlands", "hesperia"):
        linked = _linked_topics(district_id)
        for wording in read_wordings():
            if not wording.is_held_out or wording.kind not in (*ANSWERABLE, "out_of_scope"):
                continue
            recognition, dense, lexical = _see(search, mask(wording.text), indexed[district_id])
            index = indexed[district_id]
            scores = clause_scores(index, recognition.topics, dense, lexical, weights)
            rows.append(cover_features(index, recognition, scores, dense, lexical))
            covered.append(bool(linked.intersection(wording.topics)))
            importance.append(1.0)
    matrix: npt.NDArray[np.float32] = np.stack(rows)
    fitted = LogisticRegression(C=10.0, max_iter=2000, class_weight="balanced").fit(matrix[:, 1:], covered, importance)
    chances = fitted.predict_proba(matrix[:, 1:])[:, 1]
    count = len([weight for weight in importance if weight == 3.0])
    for threshold in (0.3, 0.4, 0.5, 0.6):
        answered = chances[:count] >= threshold
        truth = np.array(covered[:count])
        print(
            f"  threshold {threshold}: abstains when not covered {np.mean(~answered[~truth]):.3f}, when covered {np.mean(~answered[truth]):.3f}"
        )
    return tuple(round(float(value), 4) for value in (fitted.intercept_[0], *fitted.coef_[0]))


def _linked_topics(district_id: str) -> set[str]:

    return set(read_links(district_id, SHIPPED / district_id) or {})


if __name__ == "__main__":
    main()

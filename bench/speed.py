"""How fast an answer is, beside a bare floor of the same run: ``make bench`` prints the tables of ``docs/speed.md``.

The machine is shared and noisy: read the ratios. What is compared is called in turn, A B A B.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from bench.quality import DOCUMENTS, read_clauses
from handlers.answer import compose
from handlers.context import IndexedShelf
from knowledge.checking.judging import PostChecker
from knowledge.checking.post import Post, Use
from knowledge.district import SHIPPED, read_districts, read_links
from knowledge.guidelines import Guideline
from knowledge.personal_data import find_personal_data
from knowledge.search.finding import Search
from knowledge.search.index import DistrictIndex
from knowledge.search.precedents import PrecedentIndex

QUESTIONS = (
    "how many admins does our band page need?",
    "snapchat ok?",
    "can i post the picture of my class at the zoo if one parent has not signed",
    "who do i tell before we rename the choir instagram",
    "is it fine to share the district's flyer on my own page",
    "do our captions have to be in spanish too",
    "what happens to me if i break these rules",
    "can we delete a comment that is only an ad",
)
"""Short questions, 4 to 20 tokens."""

DRAFTS = (
    "What a night at the spring concert! Our choir sang four songs in three languages. The band closed with a march. Thank you to the parents who baked for the lobby. The doors of the gym stay open for the art show until Friday. See you there!",
    "Science fair week is here. Forty projects fill the library from Monday on. Judges arrive at nine on Wednesday. Photos of the winners follow once their releases are checked. The cafeteria serves pizza that day. Bring your questions and your family!",
    "Picture day moves to Thursday. Orders go through the office as always. Sixth grade starts at eight. Our custodian found three jackets in the gym. Claim them by Friday, please. The volleyball team plays at home tonight and could use your voices!",
)
"""Drafts of six sentences, 50 to 60 tokens."""

ROUNDS = 40


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=Path("var/model"))
    parser.add_argument("--cold-runs", type=int, default=7)
    arguments = parser.parse_args()
    # First, while this process is small: a child's peak memory counts what it shared with us before it became itself.
    _cold(arguments.cold_runs)
    search = Search(arguments.model)
    shelf = _shelf(search)
    checker = PostChecker(arguments.model, search=search)
    _warm(search, checker, shelf)
    _draft(search, checker, shelf)
    _personal_data()
    _large_district(search, shelf)


def _shelf(search: Search) -> IndexedShelf:
    district, folder = read_districts((SHIPPED,))["redlands"]
    clauses = read_clauses("redlands")
    guideline = Guideline(
        district_id="redlands", title=district.guideline_title, version=1, published_at=None, clauses=clauses
    )
    return IndexedShelf(
        district=district,
        guideline=guideline,
        index=search.index(clauses, read_links("redlands", folder)),
        precedents=PrecedentIndex((), encoder=search.encoder),
    )


def _warm(search: Search, checker: PostChecker, shelf: IndexedShelf) -> None:
    """One short question, warm, in process."""
    encoder = search.encoder
    prepared = []
    for question in QUESTIONS:
        ids = np.array([encoder.token_ids(question)], dtype=np.int64)
        prepared.append((ids, np.ones_like(ids)))
    bare = [partial(encoder.run, *pair) for pair in prepared]
    answers = [partial(compose, text, shelf=shelf, search=search, checker=checker) for text in QUESTIONS]
    framework = _sentence_transformers(shelf)
    # In pairs: a third rival of 90 MB between the two would empty the caches that both live from.
    _compare({"bare int8 encoder call": bare, "answer": answers})
    if framework is not None:
        _compare({"answer": answers, "sentence-transformers encode + semantic_search": framework})


def _draft(search: Search, checker: PostChecker, shelf: IndexedShelf) -> None:
    """A draft of six sentences, checked, beside one encoder pass over it."""
    posts = [Post(text=text, platform="facebook", use=Use.SCHOOL) for text in DRAFTS]
    prepared = []
    for post in posts:
        ids = np.array([search.encoder.token_ids(post.text)], dtype=np.int64)
        prepared.append((ids, np.ones_like(ids)))
    _compare(
        {
            "bare int8 encoder pass over a draft of six sentences": [
                partial(search.encoder.run, *pair) for pair in prepared
            ],
            "draft checked": [
                partial(
                    checker.draft,
                    post,
                    shelf.index,
                    approved_platforms=shelf.district.platform_names,
                    specialist_is_named=True,
                )
                for post in posts
            ],
        }
    )


def _personal_data() -> None:
    """The pass for personal data over drafts, and over 8 kB of hostile text."""
    hostile = ("Mia 9 4111-1111 Oak St. a@b. her mom's 909 " * 200)[:8192]
    for name, texts in (("six sentences", DRAFTS), ("8 kB of hostile text", (hostile,))):
        times = []
        for _ in range(ROUNDS):
            for text in texts:
                began = time.perf_counter()
                find_personal_data(text)
                times.append((time.perf_counter() - began) * 1000)
        print(f"\npersonal data in {name}: p50 {statistics.median(times):.2f} ms")


def _compare(rivals: dict[str, Sequence[Callable[[], Any]]]) -> None:
    """Time two rivals in turn and print the ratio to the first."""
    times = _interleaved(rivals)
    floor = statistics.median(next(iter(times.values())))
    print("\n| warm, in process | p50 ms | p99 ms | ratio of p50 to the first |")
    print("|---|---|---|---|")
    for name, values in times.items():
        p99 = statistics.quantiles(values, n=100)[98]
        print(f"| {name} | {statistics.median(values):.2f} | {p99:.2f} | {statistics.median(values) / floor:.2f} |")


def _sentence_transformers(shelf: IndexedShelf) -> Sequence[Callable[[], Any]] | None:
    """The same question through sentence-transformers' own search over the same clauses."""
    try:
        from sentence_transformers import SentenceTransformer, util

        from knowledge.training.model import base_model_path
    except ImportError:
        return None
    model = SentenceTransformer(str(base_model_path()), device="cpu")
    corpus = model.encode([clause.text for clause in shelf.guideline.clauses], convert_to_tensor=True)

    def ask(text: str) -> Any:
        return util.semantic_search(model.encode(text, convert_to_tensor=True), corpus, top_k=3)

    return [partial(ask, text) for text in QUESTIONS]


def _interleaved(rivals: dict[str, Sequence[Callable[[], Any]]]) -> dict[str, list[float]]:
    """Time every rival on every text in turn. Milliseconds."""
    times: dict[str, list[float]] = {name: [] for name in rivals}
    for round_number in range(ROUNDS + 3):
        for place in range(len(next(iter(rivals.values())))):
            for name, calls in rivals.items():
                began = time.perf_counter()
                calls[place]()
                if round_number >= 3:
                    times[name].append((time.perf_counter() - began) * 1000)
    return times


def _large_district(search: Search, shelf: IndexedShelf) -> None:
    """What 10,000 clauses in one district add to a question."""
    clauses = [clause for district_id in DOCUMENTS for clause in read_clauses(district_id)]
    vectors = search.encoder.encode([clause.text for clause in clauses])
    times = 10_000 // len(clauses) + 1
    chance = np.random.default_rng(1)
    near = np.concatenate([vectors] * times)[:10_000] + chance.normal(0, 0.01, (10_000, vectors.shape[1]))
    near = (near / np.linalg.norm(near, axis=1, keepdims=True)).astype(np.float32)
    # Encoding 10,000 clauses takes a minute and is not what is measured: their vectors are those of known clauses, shaken.
    large = DistrictIndex(
        (list(clauses) * times)[:10_000], encoder=search.encoder, recogniser=search.recogniser, vectors=near
    )
    small = search.index(shelf.guideline.clauses, None)
    rivals: dict[str, Sequence[Callable[[], Any]]] = {
        "40 clauses": [partial(search.find, text, small) for text in QUESTIONS],
        "10,000 clauses": [partial(search.find, text, large) for text in QUESTIONS],
    }
    found = _interleaved(rivals)
    medians = {name: statistics.median(values) for name, values in found.items()}
    print("\n| search in a district of | p50 ms |")
    print("|---|---|")
    for name, median in medians.items():
        print(f"| {name} | {median:.2f} |")
    print(f"| added by 10,000 clauses | {medians['10,000 clauses'] - medians['40 clauses']:.2f} |")


def _cold(runs: int) -> None:
    """`postwise ask`, whole process, beside starting Python with the runtime alone."""
    commands = {
        "python, onnxruntime and numpy imported": [sys.executable, "-c", "import onnxruntime, numpy"],
        "postwise ask": [sys.executable, "-m", "bot", "ask", "--district", "redlands", "snapchat ok?"],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    memory: dict[str, float] = {}
    for _ in range(runs):
        for name, command in commands.items():
            began = time.perf_counter()
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - our own commands, above
            _, status, usage = _wait(process)
            if status != 0:
                raise SystemExit(f"{name} failed")
            times[name].append(time.perf_counter() - began)
            memory[name] = max(memory.get(name, 0.0), usage.ru_maxrss / 1024)
    print("\n| cold, whole process | p50 s | peak memory MB |")
    print("|---|---|---|")
    for name, values in times.items():
        print(f"| {name} | {statistics.median(values):.2f} | {memory[name]:.0f} |")


def _wait(process: subprocess.Popen[bytes]) -> tuple[int, int, resource.struct_rusage]:
    return os.wait4(process.pid, 0)


if __name__ == "__main__":
    main()

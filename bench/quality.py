"""Figures of answering on labelled messages: ``make quality`` prints the table of ``docs/quality.md``.

The held-out sets are only ever looked at through these figures. The development set is the one whose misses may be
read; ``--misses dev`` prints them.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench import drafts
from bench.labels import DATA, Given, figures, first_rank, read_labels, table, wanted_kind
from bot.masking import masked_text
from knowledge.checking.judging import PostChecker
from knowledge.checking.post import Post
from knowledge.checking.signs import platform_named, use_named
from knowledge.district import SHIPPED, read_districts, read_links
from knowledge.guidelines import Clause
from knowledge.ingest.reading import read_guideline
from knowledge.search.finding import Search
from knowledge.search.index import DistrictIndex
from knowledge.search.judging import Kind, judge

FLOORS = {
    "clause_at_1": "0.70 / 0.95",
    "clause_at_3": "0.88 / 0.99",
    "two_clause_both_shown": "0.60 / 0.95",
    "abstains_when_not_covered": "0.80 / 0.97",
    "abstains_when_covered": "at most 0.10 / 0.02",
    "kind": "0.85 / 0.97",
    "verdict_lenient": "0.65 / 0.92",
    "no_harmful_yes": "0.88 / 0.99",
}
"""The least and the aim for each figure, as the product's owner set them."""

DOCUMENTS = {
    "redlands": SHIPPED / "redlands" / "social-media-protocols.txt",
    "hesperia": SHIPPED / "hesperia" / "social-media-guidelines.txt",
    "lakemont": DATA / "thirddistrict" / "lakemont.md",
    "pine-valley": DATA / "thirddistrict" / "pine-valley.txt",
}


def read_clauses(district_id: str) -> tuple[Clause, ...]:
    """Read the clauses of a district's document."""
    return read_guideline(DOCUMENTS[district_id], district_id=district_id).clauses


def indexes(search: Search, *, with_links: bool) -> dict[str, DistrictIndex]:
    """Index all four districts; without links as if nobody had ever linked them."""
    return {
        district_id: search.index(
            read_clauses(district_id), read_links(district_id, SHIPPED / district_id) if with_links else None
        )
        for district_id in DOCUMENTS
    }


def answer_all(
    search: Search, checker: PostChecker, indexed: Mapping[str, DistrictIndex], labels: Sequence[dict[str, Any]]
) -> list[Given]:
    """Answer labelled messages as the product does: masked first, then judged."""
    districts = {name: district for name, (district, _) in read_districts((SHIPPED,)).items()}
    given = []
    for label in labels:
        text, index = masked_text(label["text"]), indexed[label["district"]]
        finding = search.find(text, index)
        judgement = judge(finding)
        if judgement.kind is Kind.CAN_I_POST:
            district = districts.get(label["district"])
            post = Post(text=text, platform=platform_named(text), use=use_named(text))
            approved = district.platform_names if district else ()
            judgement = checker.idea(
                judgement, post, index, approved_platforms=approved, chance_of_fine=finding.stances["fine"]
            ).judgement
        given.append(
            Given(
                kind=judgement.kind.value,
                abstained=judgement.abstained,
                verdict=judgement.verdict.value if judgement.verdict else None,
                clauses=tuple((match.clause.id, match.clause.text) for match in judgement.matches),
                shown=judgement.shown,
                escalate=judgement.escalate,
                urgency=judgement.urgency.value if judgement.urgency else None,
            )
        )
    return given


def labelled_sets() -> dict[str, list[dict[str, Any]]]:
    """Return the labelled messages that come with the project, by name."""
    third = [
        label
        for name in ("lakemont", "pine-valley")
        for label in read_labels(DATA / "thirddistrict" / f"{name}.questions.jsonl")
    ]
    return {
        "dev": read_labels(DATA / "questions.dev.jsonl"),
        "held out": read_labels(DATA / "questions.heldout.jsonl"),
        "third district": third,
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=Path("var/model"))
    parser.add_argument("--sample", type=Path, help="a labelled file with clause texts resolved by --sample-clauses")
    parser.add_argument("--sample-clauses", type=Path, help="JSON list of clauses with id and text")
    parser.add_argument("--sample-drafts", type=Path, help="a labelled file of drafts")
    parser.add_argument("--misses", default="", help='name of a set whose misses are printed; "drafts dev" for drafts')
    parser.add_argument("--unlinked", action="store_true", help="print the misses of the run without links")
    arguments = parser.parse_args()
    search = Search(arguments.model)
    checker = PostChecker(arguments.model, search=search)
    sets = labelled_sets()
    if arguments.sample:
        sets["sample"] = _resolved(arguments.sample, arguments.sample_clauses)
    linked, unlinked = indexes(search, with_links=True), indexes(search, with_links=False)
    columns = {}
    for name, labels in sets.items():
        for kind, indexed in (("", linked), (", links off", unlinked)):
            if name == "third district" and kind:
                continue  # nobody linked these anyway
            given = answer_all(search, checker, indexed, labels)
            columns[name + kind] = figures(labels, given)
            if arguments.misses == name and arguments.unlinked == bool(kind):
                _print_misses(labels, given)
    print(table(columns, floors=FLOORS))
    _print_drafts(search, checker, linked, arguments)


def _print_drafts(
    search: Search, checker: PostChecker, linked: Mapping[str, DistrictIndex], arguments: argparse.Namespace
) -> None:
    """Print the figures of drafts, and which verdict was given for which."""
    sets = drafts.labelled_drafts()
    if arguments.sample_drafts:
        sets["sample"] = read_labels(arguments.sample_drafts)
    found = {name: drafts.check_all(search, checker, linked, labels) for name, labels in sets.items()}
    print()
    print(table({name: drafts.figures(checked) for name, checked in found.items()}, floors=drafts.FLOORS))
    for name in ("dev", "held out"):
        print(f"\n{name}:\n\n{drafts.confusion(found[name])}")
    for checked in found.get(arguments.misses.removeprefix("drafts "), ()):
        if arguments.misses.startswith("drafts ") and not checked.is_accepted:
            print(drafts.describe(checked))


def _resolved(sample: Path, clauses: Path) -> list[dict[str, Any]]:
    """Read a labelled file whose clauses are named by another list's ids, and name them by their text."""
    texts = {clause["id"]: clause["text"] for clause in json.loads(clauses.read_text(encoding="utf-8"))}
    labels = read_labels(sample)
    for label in labels:
        for name in ("clauses", "all_needed"):
            if isinstance(label.get(name), list):
                label[name] = [texts[clause_id] for clause_id in label[name]]
    return labels


def _print_misses(labels: Sequence[dict[str, Any]], given: Sequence[Given]) -> None:
    for label, answer in zip(labels, given, strict=True):
        scored = label["clauses"] and label["kind"] in ("fact", "procedure", "can_i_post")
        rank = first_rank(label, answer)
        if (scored and rank != 0) or answer.kind != wanted_kind(label):
            print(
                f"{label['id']} rank {rank} kind {wanted_kind(label)}>{answer.kind} {label['text'][:140]!r} "
                f"want {[clause[:60] for clause in label['clauses'][:2]]} got {[clause_id for clause_id, _ in answer.clauses[:3]]}"
            )


if __name__ == "__main__":
    main()

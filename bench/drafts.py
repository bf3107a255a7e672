"""Figures of the check of drafts on labelled posts; `make quality` prints them behind those of questions.

The figures have the names and the meaning of the project's scoring script.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.labels import DATA, is_wanted, read_labels, share
from knowledge.checking.judging import CheckedPost, PostChecker
from knowledge.checking.post import Post, Use
from knowledge.district import SHIPPED, read_districts
from knowledge.personal_data import find_personal_data, mask
from knowledge.search.finding import Search
from knowledge.search.index import DistrictIndex

FLOORS = {
    "verdict": "0.70 / 0.92",
    "no_harmful_yes": "0.88 / 0.99",
    "allowed_given_allowed": "0.75 / 0.95",
    "clause_at_1": "0.50 / 0.85",
    "clause_at_3": "0.75 / 0.97",
    "personal_data_recall": "0.80 / 0.95",
    "personal_data_precision": "0.80 / 0.95",
}
"""The least and the aim for each figure, as the product's owner set them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What the product made of one labelled draft."""

    label: Mapping[str, Any]
    result: CheckedPost

    @property
    def verdict(self) -> str:
        """The verdict's name."""
        return str(self.result.judgement.verdict)

    @property
    def is_accepted(self) -> bool:
        """True where the verdict is the labelled one or one that the label accepts beside it."""
        return self.verdict in {self.label["verdict"], *(self.label.get("verdict_alt") or [])}


def check_all(
    search: Search, checker: PostChecker, indexed: Mapping[str, DistrictIndex], labels: Sequence[Mapping[str, Any]]
) -> list[Checked]:
    """Check labelled drafts as the product does: masked first, then judged."""
    districts = {name: district for name, (district, _) in read_districts((SHIPPED,)).items()}
    found = []
    for label in labels:
        district = districts.get(label["district"])
        text = mask(label["text"])
        post = Post(
            text=text,
            attachment=mask(label.get("attachment") or ""),
            platform=label.get("platform"),
            use=Use(label["context"]) if label.get("context") else None,
        )
        result = checker.draft(
            post,
            indexed[label["district"]],
            approved_platforms=district.platform_names if district else (),
            specialist_is_named=district.specialist.named_in_guidelines if district else False,
            is_read_whole=search.is_readable(text),
        )
        found.append(Checked(label=label, result=result))
    return found


def figures(found: Sequence[Checked]) -> dict[str, float | None]:
    """Count what the project's scoring script counts of drafts. Shares in [0, 1]; None where nothing was counted."""
    ranks, conservative, yes = [], [], []
    hits = missed = false = 0
    for checked in found:
        label = checked.label
        if label["reasons"] and label["verdict"] != "allowed":
            ranks.append(_rank(checked))
        if label["verdict"] == "allowed":
            yes.append(checked.is_accepted)
        elif "allowed" not in (label.get("verdict_alt") or []):
            conservative.append(checked.verdict != "allowed")
        wanted = [(datum["type"], datum["value"]) for datum in label["pii"]]
        got = [(datum.type.value, datum.value) for datum in find_personal_data(label["text"])]
        hits += sum(any(_is_hit(one, other) for other in got) for one in wanted)
        missed += sum(not any(_is_hit(one, other) for other in got) for one in wanted)
        false += sum(not any(_is_hit(one, other) for one in wanted) for other in got)
    return {
        "verdict": share(checked.verdict == checked.label["verdict"] for checked in found),
        "verdict_lenient": share(checked.is_accepted for checked in found),
        "no_harmful_yes": share(conservative),
        "allowed_given_allowed": share(yes),
        "clause_at_1": share(rank == 0 for rank in ranks),
        "clause_at_3": share(rank is not None and rank < 3 for rank in ranks),
        "personal_data_recall": round(hits / (hits + missed), 4) if hits + missed else None,
        "personal_data_precision": round(hits / (hits + false), 4) if hits + false else None,
    }


def confusion(found: Sequence[Checked]) -> str:
    """Write which verdict was given for which label as a Markdown table; accepted alternatives count as the label."""
    names = ["allowed", "allowed_with_conditions", "needs_approval", "not_allowed", "ask_specialist"]
    counted = Counter(
        (checked.label["verdict"], checked.label["verdict"] if checked.is_accepted else checked.verdict)
        for checked in found
    )
    lines = [f"| labelled \\ given | {' | '.join(names)} |", f"|{'---|' * (len(names) + 1)}"]
    lines += [f"| {label} | {' | '.join(str(counted[label, given] or '') for given in names)} |" for label in names]
    return "\n".join(lines)


def labelled_drafts() -> dict[str, list[dict[str, Any]]]:
    """Return the labelled drafts that come with the project, by name."""
    return {
        "dev": read_labels(DATA / "drafts.dev.jsonl"),
        "held out": read_labels(DATA / "drafts.heldout.jsonl"),
        "third district": read_labels(DATA / "thirddistrict" / "drafts.jsonl"),
    }


def describe(checked: Checked) -> str:
    """Tell one mistake in a line, for those who look for its cause."""
    label, check = checked.label, checked.result.check
    concerns = [
        f"{concern.matter}={concern.state.value}/{concern.force.value} {concern.chance:.2f}"
        for concern in check.concerns[:4]
    ]
    return (
        f"{label['id']} {label['verdict']} > {checked.verdict} {concerns} silent on {list(check.unspoken)} | "
        f"{label['platform']} {label['context']} | {label['text'][:150]!r} | {label.get('attachment')!r}"
    )


def _rank(checked: Checked) -> int | None:
    """Return the place of the first clause that the label gives as a reason, from 0."""
    for rank, match in enumerate(checked.result.judgement.matches):
        if any(is_wanted(reason, (match.clause.id, match.clause.text)) for reason in checked.label["reasons"]):
            return rank
    return None


def _is_hit(wanted: tuple[str, str], got: tuple[str, str]) -> bool:
    """Tell whether a found datum is the labelled one, by overlap, as the scoring script has it."""
    return (
        wanted[0] == got[0] and (wanted[1] in got[1] or got[1] in wanted[1]) and len(got[1]) <= 2 * len(wanted[1]) + 10
    )

"""Labelled messages and the figures that are counted on them.

The figures have the names and the meaning of the project's scoring script, so that they can be compared.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
"""The labelled messages; `docs/quality.md` says who wrote them and what each is for."""

_KINDS = {"fact": "question", "procedure": "question", "command_intent": "command"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the product made of one message, as the contract's object says it."""

    kind: str
    abstained: bool
    verdict: str | None
    clauses: tuple[tuple[str, str], ...]
    """Id and text of each clause, best first."""

    shown: int
    escalate: bool
    urgency: str | None


def read_labels(path: Path) -> list[dict[str, Any]]:
    """Read labelled messages, one JSON object a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def is_wanted(wanted: str, clause: tuple[str, str]) -> bool:
    """Tell whether a clause is the labelled one: by its id, or by the words it holds."""
    clause_id, text = clause
    return wanted == clause_id or (" " in wanted and _folded(wanted) in _folded(text))


def figures(labels: Sequence[dict[str, Any]], given: Sequence[Given]) -> dict[str, float | None]:
    """Count what the project's scoring script counts. Shares in [0, 1]; None where nothing was to be counted."""
    ranks, kinds, both, abstains_out, abstains_in = [], [], [], [], []
    lenient, conservative, yes, escalated, urgent = [], [], [], [], []
    for label, answer in zip(labels, given, strict=True):
        kind = label["kind"]
        rank = first_rank(label, answer)
        if label["clauses"] and kind in ("fact", "procedure", "can_i_post"):
            ranks.append(rank)
            if isinstance(label.get("all_needed"), list):
                shown = answer.clauses[: answer.shown]
                both.append(all(any(is_wanted(wanted, clause) for clause in shown) for wanted in label["all_needed"]))
        kinds.append(answer.kind == wanted_kind(label))
        if kind == "out_of_scope":
            abstains_out.append(answer.abstained)
        elif kind in ("fact", "procedure"):
            abstains_in.append(answer.abstained)
        if label.get("verdict"):
            accepted = {label["verdict"], *(label.get("verdict_alt") or [])}
            lenient.append(answer.verdict in accepted)
            if label["verdict"] == "allowed":
                yes.append(lenient[-1])
            elif "allowed" not in accepted:
                conservative.append(answer.verdict not in (None, "allowed"))
        escalated.append((bool(label["escalate"]), answer.escalate))
        if label.get("urgency") == "safety":
            urgent.append(answer.escalate and answer.urgency == "safety")
    return {
        "clause_at_1": share(rank == 0 for rank in ranks),
        "clause_at_3": share(rank is not None and rank < 3 for rank in ranks),
        "clause_at_5": share(rank is not None for rank in ranks),
        "two_clause_both_shown": share(both),
        "abstains_when_not_covered": share(abstains_out),
        "abstains_when_covered": share(abstains_in),
        "kind": share(kinds),
        "verdict_lenient": share(lenient),
        "no_harmful_yes": share(conservative),
        "allowed_given_allowed": share(yes),
        "escalation_recall": share(got for wanted, got in escalated if wanted),
        "escalation_precision": share(wanted for wanted, got in escalated if got),
        "safety_recognised": share(urgent),
    }


def wanted_kind(label: dict[str, Any]) -> str:
    """Return the kind of the contract that a label's finer kind stands for."""
    return _KINDS.get(label["kind"], str(label["kind"]))


def first_rank(label: dict[str, Any], answer: Given) -> int | None:
    """Return the place of the first acceptable clause, from 0; None where it is missing or nothing was answered."""
    if answer.abstained:
        return None
    for rank, clause in enumerate(answer.clauses):
        if any(is_wanted(wanted, clause) for wanted in label["clauses"]):
            return rank
    return None


def table(columns: dict[str, dict[str, float | None]], *, floors: dict[str, str] | None = None) -> str:
    """Write figures side by side as a Markdown table."""
    names = next(iter(columns.values())).keys()
    floors = floors or {}
    head = ["figure", *columns, *(["floor / aim"] if floors else [])]
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for name in names:
        cells = [_cell(column.get(name)) for column in columns.values()]
        lines.append(f"| {' | '.join([name, *cells, *([floors.get(name, '')] if floors else [])])} |")
    return "\n".join(lines)


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def share(flags: Iterable[Any]) -> float | None:
    """Return the share of true values, in [0, 1]; None where there is none to count."""
    counted = [bool(flag) for flag in flags]
    return round(sum(counted) / len(counted), 4) if counted else None


def _folded(text: str) -> str:
    for curly, straight in (("’", "'"), ("‘", "'"), ("“", '"'), ("”", '"'), ("–", "-"), ("—", "-")):
        text = text.replace(curly, straight)
    return " ".join(text.split()).lower()

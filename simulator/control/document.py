"""
Writes the generated part of docs/scenarios.md: the catalogue and the library.  `python -m simulator.control.document`.
"""

from pathlib import Path
from typing import Final

from simulator.control.library import library
from simulator.domain.faults import CALLBACK_FAULTS, WIRE_FAULTS
from simulator.domain.outcomes import OUTCOMES, triggers

PAGE: Final = Path(__file__).parents[2] / "docs" / "scenarios.md"
_BEGIN: Final = "<!-- generated: python -m simulator.control.document -->\n"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def generated() -> str:
    """
    The tables in Markdown.
    """
    outcomes = [
        _row(
            f"`{o.name}`",
            "the payer's page, then " * o.challenge
            + (f"declined `{o.decline_code}`" if o.decline_code else "approved")
            + ", disputed a day later" * o.dispute,
            o.message,
        )
        for o in OUTCOMES.values()
    ]
    pulls = [
        _row(kind, ", ".join(f"`{value}` → `{name}`" for value, name in pairs.items()))
        for kind, pairs in triggers().items()
        if kind not in ("header", "control")
    ]
    faults = [
        _row(f"`{kind}`", ", ".join(effect.value for effect in effects))
        for kind, effects in WIRE_FAULTS.items()
    ]
    ready = [
        _row(f"`{name}`", document["description"], ", ".join(document.get("covers", [])))
        for name, document in library().items()
    ]
    return "\n".join(
        [
            "## Outcomes",
            _row("name", "ends", "message"),
            _row("---", "---", "---"),
            *outcomes,
            "",
            "## Triggers",
            "`X-Test-Scenario` and the control API take every outcome by name. The others:",
            "",
            _row("kind", "what to send"),
            _row("---", "---"),
            *pulls,
            "",
            "## Wire faults",
            _row("kind", "takes effect (first = default)"),
            _row("---", "---"),
            *faults,
            "",
            f"Callback faults: {', '.join(f'`{kind}`' for kind in CALLBACK_FAULTS)}.",
            "",
            "## Ready scenarios",
            "Rows B1 to B13 are those of the fault catalogue: what a hostile bank does. Each is acted out by `tests/integration/scenarios`.",
            "",
            _row("name", "what happens", "rows"),
            _row("---", "---", "---"),
            *ready,
            "",
        ]
    )


def page() -> str:
    """
    The whole page: what people wrote, and the tables.
    """
    written = PAGE.read_text("utf-8").partition(_BEGIN)[0]
    return written + _BEGIN + generated()


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")

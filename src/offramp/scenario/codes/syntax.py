"""E1xx: files, YAML, the shape of the document, and the syntax of formulas."""

from __future__ import annotations

from offramp.scenario.codes.entry import BASE, Entry, Example, add, edit
from offramp.scenario.limits import MAX_DEPTH, MAX_FILE_BYTES, MAX_NODES

_STRIKE = 'utility: {base: "Normal(-3, 1)"}'


def _formula(text: str) -> Example:
    return edit(_STRIKE, f'utility: {{base: "{text}"}}')


ROWS: tuple[Entry, ...] = (
    Entry("E100", "no scenario", "There is no scenario of that name, and no file or folder with one.",
          "Name a packaged scenario, a folder with a `scenario.yaml`, or a YAML file.",
          Example(has_scenario=False)),
    Entry(
        "E101",
        "file cannot be read",
        "A file that the scenario names does not exist, is no plain file, or is closed to you.",
        "Names are those of files in the scenario's own folder.",
        add("include: [absent.yaml]\n"),
    ),
    Entry(
        "E102",
        "file too large",
        "One file, or all files of the scenario together, exceed the limit.",
        "Move data into CSV files, and split the scenario.",
        Example(text=BASE + "#" * MAX_FILE_BYTES),
    ),
    Entry(
        "E103", "not UTF-8", "The file holds bytes that are not UTF-8 text.", "Save it as UTF-8.",
        Example(text=b"offramp: 1\nscenario: {title: caf\xe9}\n"),
    ),
    Entry(
        "E104",
        "YAML cannot be read",
        "The file is not well-formed YAML; nothing after the place is looked at.",
        "Look for a missing quote, bracket, colon or indent; text that holds `: ` or ` #` needs quotes. "
        "What comes after this place has not been looked at.",
        edit("  name: two-rivals", "  name: [two-rivals"),
    ),
    Entry("E105", "tab", "YAML is indented with blanks; a tab is an error.", "Replace tabs by blanks.",
          edit("  name: two-rivals", "\tname: two-rivals")),
    Entry(
        "E106",
        "anchor or alias",
        "Anchors (`&a`), aliases (`*a`) and merge keys (`<<`) make small files large and places ambiguous.",
        "Write the value out; a number that several formulas share goes under `parameters`.",
        edit("why: order of magnitude", "why: &order order of magnitude"),
    ),
    Entry("E107", "tag", "A YAML tag (`!...`) asks for a type of the reader's language.", "Leave the tag out.",
          edit("title: Air strike", "title: !!str Air strike")),
    Entry("E108", "key written twice", "The same key occurs twice in one mapping.", "Keep one of the two.",
          edit("    rung: 6\n", "    rung: 6\n    rung: 7\n")),
    Entry(
        "E109", "too many pieces", f"A scenario has at most {MAX_NODES:,} keys and values.",
        "Move data into CSV files.", Example(text=f"a: [{'1, ' * MAX_NODES}1]\n"),
    ),
    Entry("E110", "nested too deep", f"Mappings and lists nest at most {MAX_DEPTH} deep.", "Flatten it.",
          Example(text=f"a: {'[' * MAX_DEPTH}{']' * MAX_DEPTH}\n")),
    Entry("E111", "second document", "A file holds one YAML document.", "Remove the line `---`.",
          Example(text=f"{BASE}---\na: 1\n")),
    Entry("E112", "not a mapping", "A scenario is a mapping of sections.",
          "Begin with `offramp: 1` and `scenario:`.", Example(text="- offramp\n- 1\n")),
    Entry("E113", "key is not a name", "A key is a mapping or a list.", "Write a plain name.",
          edit("    rung: 6\n", "    {rung: 6}: 1\n")),
    Entry(
        "E114", "file outside the folder", "Only files of the scenario's own folder are read, links included.",
        "Copy the file into the folder and name it without a path.", add("include: [../elsewhere.yaml]\n"),
    ),
    Entry(
        "E115", "included twice", "A file is included twice, or includes itself.", "Keep one of the two.",
        Example(text=BASE + "include: [part.yaml]\n", files={"part.yaml": "include: [scenario.yaml]\n"}),
    ),
    Entry(
        "E117", "defined twice", "Two files define the same id or the same section.", "Keep or rename one of the two.",
        Example(text=BASE + "include: [part.yaml]\n", files={"part.yaml": "outcomes: {war: any(tension > 0.9)}\n"}),
    ),
    Entry("E118", "unknown language version", "`offramp:` names a version that this program does not read.",
          "Write `offramp: 1`, or use a newer program.", edit("offramp: 1", "offramp: 99")),
    Entry("E119", "include malformed", "`include` is a list of names of files.", "Write `include: [part.yaml]`.",
          add("include: [{part: 1}]\n")),
    Entry("E120", "unknown key", "A mapping has a key that the language does not know.", "See the reference.",
          edit("    rung: 6\n", "    rnug: 6\n")),
    Entry("E121", "missing key", "A key that has to be there is not.", "Add it.",
          edit("    unit: people\n", "")),
    Entry("E122", "wrong sort of value", "Text, number, list or mapping stands where another is wanted.",
          "See the reference for what the key holds.", edit("    rung: 6\n", "    rung: high\n")),
    Entry("E123", "not one of the choices", "The value is not one of the few that the key knows.",
          "Write one of the values listed.", edit("kind: tally", "kind: taly")),
    Entry(
        "E124", "malformed name", "An id does not have the form of one.",
        "Ids are small letters, digits and `_`, beginning with a letter; moves are `actor.name`.",
        add("calendar: {Election: {date: 2020-03-03}}\n"),
    ),
    Entry("E125", "malformed date", "A date is not a day of the calendar.",
          "Dates are written year-month-day: `2020-03-01`.", add("calendar: {election: {date: 2020-02-30}}\n")),
    Entry("E126", "number out of bounds", "A number is larger or smaller than the key allows.",
          "Write a number within the bounds.", edit("    rung: 6\n", "    rung: 60\n")),
    Entry("E150", "empty formula", "A formula has no text.", "Write a number or leave the field out.",
          _formula(" ")),
    Entry("E151", "formula too long", "A formula has more than 2,000 characters.", "Split it into named terms.",
          _formula("1 + " * 500 + "1")),
    Entry("E152", "formula nested too deep", "Operations nest more than 100 deep.", "Split it into named terms.",
          _formula("-tension " * 120)),
    Entry("E153", "formula with too many pieces", "A formula has more than 600 names, numbers and operations.",
          "Split it into named terms.", _formula(f"min({', '.join(['1'] * 650)})")),
    Entry("E154", "foreign character", "A character that is not part of the language of formulas.",
          "Formulas hold plain names, numbers and operators.", _formula("10 % 3")),
    Entry("E155", "formula cannot be read", "Something is missing, doubled or out of place.",
          "Check operators and commas.", _formula("1 2")),
    Entry("E156", "bracket without partner", "A bracket is not closed, or closes nothing.",
          "Every `(` needs its `)`.", _formula("log1p(tension")),
    Entry("E157", "not part of the language", "Valid elsewhere, but formulas do not have it.",
          "Formulas hold operators, comparisons, choices and the functions of the reference.",
          _formula("tension.abs()")),
    Entry("E158", "malformed number", "A number is not written in a way that formulas know, or is too large.",
          "Numbers are written like `12`, `0.5` or `1e-3`.", _formula("0x10")),
    Entry("E159", "exponent", "The exponent of `**` is not a whole number from 0 to 8.",
          "Other powers are written `exp(p * log(x))`.", _formula("tension ** 0.5")),
    Entry("E160", "unknown unit", "What follows a number, or a `/`, is not a unit of time.",
          "Units: d, day, days, week, weeks, month, months, year, years.",
          _formula("log1p(recent(guard.raid, 10 dayz))")),
    Entry("E161", "number and unit run together", "A blank is missing between number and unit.",
          "Write `10 d`.", _formula("log1p(recent(guard.raid, 10d))")),
    Entry("E162", "no such day", "A date in a formula is not a day of the calendar.",
          "Dates are written year-month-day: `2020-03-01`.", _formula("1 * after(2020-02-30)")),
)  # fmt: skip

"""E5xx: data files (their reader is `offramp.record`) and the maps that give their rows a meaning."""

from __future__ import annotations

from offramp.scenario.codes.entry import BASE, Entry, Example

_HEADER = "id,date,date_precision,known_from,what\n"
_ROW = "r1,2020-01-05,day,2020-01-05,raid\n"
_MAP = "record: {events: record.csv, event_map: [{where: {what: raid}, move: guard.raid}]}\n"
_INPUT = "inputs: {oil: {file: oil.csv, unit: USD, evidence: {status: assumed, why: a sketch}}}\n"


def _record(content: str | bytes, written: str = _MAP) -> Example:
    return Example(text=BASE + written, files={"record.csv": content})


def _oil(content: str) -> Example:
    used = BASE.replace('utility: {base: "Normal(-3, 1)"}', "utility: {base: 0.1 * input.oil}")
    return Example(text=used + _INPUT, files={"oil.csv": content})


ROWS: tuple[Entry, ...] = (
    Entry("E500", "data file that is not text", "A data file is empty or not UTF-8.", "Save it as UTF-8 with a header.",
          _record(b"id,date\ncaf\xe9\n")),
    Entry("E501", "data file too large", "A data file has too many bytes, rows, columns or characters in a cell.",
          "Leave out what is not used.", _record(_HEADER + f"r1,2020-01-05,day,2020-01-05,{'x' * 10_001}\n")),
    Entry("E502", "column missing or double", "A data file lacks a column that is read, or has it twice.",
          "Add or rename the column.", _record(_HEADER.replace("what", "action") + _ROW)),
    Entry("E503", "row cannot be read", "A row of a data file has too few or too many cells, or stray quotes.",
          "Cells with commas stand in double quotes.", _record(_HEADER + "r1,2020-01-05,day\n")),
    Entry("E504", "malformed date in a row", "A cell is not a date.", "Dates are written year-month-day.",
          _record(_HEADER + _ROW.replace("2020-01-05,day", "5 January,day"))),
    Entry("E505", "malformed number in a row", "A cell is not a number.", "Numbers are written like `12` or `0.5`.",
          _oil("date,value\n2020-01-01,much\n")),
    Entry("E506", "date comes twice", "A series has two values for one date.", "Pick one series with `where`.",
          _oil("date,value\n2020-01-01,1\n2020-01-01,2\n")),
    Entry("E507", "empty series", "No row of a file belongs to the series.", "Correct `where`, or add rows.",
          _oil("date,value\n")),
    Entry("E508", "id of a row", "A row of the event file has no id, or that of another.", "Give each row its own.",
          _record(_HEADER + _ROW + _ROW)),
    Entry("E509", "precision of a date", "The precision of a date is not day, week or month.",
          "Write one of the three.",
          _record(_HEADER + _ROW.replace(",day,", ",hour,"))),
    Entry("E510", "known before it happened", "An event is known from before its own date.",
          "`known_from` is the day of the first report.",
          _record(_HEADER + _ROW.replace("day,2020-01-05", "day,2020-01-04"))),
    Entry("E511", "mark that is no tally", "A mark is added to a quantity that is not a tally.",
          "Marks are counts: name a tally.",
          _record(
              _HEADER.replace("what", "what,deaths") + _ROW.replace("raid", "raid,2"),
              _MAP.replace("event_map", "marks: {deaths: tension}, event_map"),
          )),
    Entry("E512", "map without file", "A map says how to read a file that is not named.", "Add the file.",
          Example(text=BASE + "record: {series_map: [{where: {name: t}, quantity: tension}]}\n")),
    Entry("E513", "mark that is no count", "A mark of a row is not a whole number of 0 or more.",
          "Leave the cell empty where nothing is known.",
          _record(
              _HEADER.replace("what", "what,deaths") + _ROW.replace("raid", "raid,-5"),
              _MAP.replace("event_map", "marks: {deaths: blue_deaths}, event_map"),
          )),
    Entry("E514", "published total or share recorded", "A row about how much the record holds cannot be used.",
          "Correct the cell as the message says.",
          Example(text=BASE + "record: {recording: shares.csv}\n",
                  files={"shares.csv": "kind,moves,first_day,last_day,a,b,status,reason,known_from\n"
                                       "raid,guard.raid,2020-01-01,2020-06-30,0,1,assumed,a sketch,2020-01-01\n"})),
    Entry("E515", "weight of a candidate move", "What a row may have been has a weight that is no probability above 0.",
          "A weight is the probability that such an event, if it is recorded, is recorded in such words.",
          _record(_HEADER + _ROW, _MAP.replace("guard.raid}", "{guard.raid: 0.9, blue.strike: 0}}"))),
    Entry("E516", "reply of the same day", "A row is said to answer one that is no event or of another day.",
          "Name two rows dated to one day, both events by the map; rows of later days need no word about it.",
          _record(_HEADER + _ROW + _ROW.replace("r1", "r2").replace("05", "06"),
                  _MAP.replace("event_map", "replies: {r2: r1}, event_map"))),
    Entry("E517", "fit without a record", "A scenario says what to learn, and has no record to learn it from.",
          "Name the record's files under `record`.",
          Example(text=BASE + "fit: {until: 2020-03-01, parameters: [blue.strike.utility.base]}\n")),
    Entry("E518", "parameter fitted twice", "A parameter is listed twice under `fit`.", "Leave out one of the two.",
          _record(_HEADER + _ROW, _MAP + "fit: {until: 2020-03-01, parameters: "
                  "[blue.strike.utility.base, blue.strike.utility.base]}\n")),
    Entry("E519", "fit beyond the clock", "The last day to learn from lies outside the clock.",
          "Choose a day of the clock.",
          _record(_HEADER + _ROW, _MAP + "fit: {until: 2030-01-01, parameters: [blue.strike.utility.base]}\n")),
    Entry("W501", "rows that nothing matches", "Rows of the event file match no rule of the map.",
          "Add a rule, with `move: null` for what is knowingly left out.",
          _record(_HEADER + _ROW.replace("raid", "parade")), "warning"),
    Entry("W502", "measurement outside the range", "A measured value lies outside its quantity's range.",
          "Correct the value or `scale`, or widen the range.",
          Example(text=BASE + "record: {series: s.csv, series_map: [{where: {name: t}, quantity: tension}]}\n",
                  files={"s.csv": "date,name,value,known_from\n2020-01-05,t,7,2020-01-05\n"}), "warning"),
)  # fmt: skip

"""Values that break careless programs: numbers, texts, dates, structures, formulas, edits, cells, arguments."""

# ruff: noqa: E501  tables of values

from __future__ import annotations

NUMBERS = [
    "0", "-0.0", "-1", "1e308", "-1e308", "1e-320", "1e999", "-1e999", ".inf", "-.inf", ".nan", "nan", "9" * 400, "1" + "0" * 30, "2147483648",
    "9223372036854775808", "3.5e38", "0x10", "0o7", "0b1", "1_000", "+5", "1e", "1.", ".5", "--1", "1,5", "1e+", "NaN", "Infinity", "1e-45", "40000", "40001",
    "3660 d", "1e9 d", "0 d", "-1 d", "1e400 d", "0.5 d", "1e30 weeks", "1 month", "7 / week", "1e30 / day", "-1 / day", "½", "１２",
]  # fmt: skip
TEXTS = [
    "", " ", "\x00", "\x07", "\x1b[31mred", "\u202eright to left", "\u200b", "\ufeff", "é" * 50, "𝒳", "\U0010ffff", "a" * 5000, "[bold]x[/bold]", "[/]", "{{7*7}}",
    "{% raw %}", "%s%n%d", "${HOME}", "$(touch pwned)", "`touch pwned`", "../../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "http://127.0.0.1:9/x",
    "<script>alert(1)</script>", "</script>", "'''", '"""', "\\", "\\\\", "!!python/object/apply:os.system [touch pwned]", "a.b.c.d", ".", "..", "a..b", ".a",
    "blue.*", "*.act", "guard.raid[south]", "guard.raid[", "true", "null", "~", "yes", "=", "<<", "&a", "*a", "!x", "| ", "> ", "? a", "- a", "a: b", "#", "%YAML 1.1",
    "switch.S", "pledge.deal.active", "directive.guard", "calendar.vote", "input.oil", "parameter.heat", "NUL", "con", "__class__", "__proto__", "constructor",
]  # fmt: skip
DATES = [
    "0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "-2020-01-01", "2020-02-30", "2020-1-1", "2020-01-01T00:00:00Z", "20200101", "2020-W01-1", "01/02/2020",
    "２０２０-01-01", "2019-02-29", "1970-01-01", "today",
]  # fmt: skip
CODE = [
    "__import__('os').system('touch pwned')", "().__class__.__bases__[0].__subclasses__()", "eval('1')", "exec('x=1')", "open('/etc/passwd').read()", "lambda: 0",
    "[x for x in (1, 2)]", "{1: 2}", "f'{1}'", "b'x'", "x := 1", "yield 1", "await x", "print(1)", "globals()", "a.__class__", "tension.__class__.__mro__", "1 .real",
    "9**9**9**9", "10**8**8", "2 ** 1000", "1 << 100000", "'a' * 10**9", "(" * 500 + "1" + ")" * 500, "-" * 1500 + "1", "not " * 400 + "1", "1" + " + 1" * 480,
    "min(" * 90 + "1" + ", 1)" * 90, "tension" + ".a" * 800, "tension[0]", "tension[a][b]", "tension[a.b]", "tension()", "tension(1)(2)", "exp(*x)", "exp(**x)", "1 if 1",
    "... ", "1 == 1 == 1", "1 < 2 > 3 != 4", "a if b else c if d else e", "1;2", "1\\\n+2", "# no", "1 # no", "@", "~1", "1 // 2", "1 % 2", "1 @ 2", "1 | 2", "1 & 2", "1 ^ 2",
    "True", "None", "Ellipsis", "1j", "0x1F", "1_0", "08", "1e400", "_", "__", "_a", "a_", "10d", "10 d d", "10 parsecs", "2020-13-01", "2020-01-01 + 1", "1/0", "0/0",
    "tension/0", "0 ** 0", "log(-1)", "sqrt(-1)", "exp(1e30)", "1e38 * 1e38", "-1e38 - 1e38 * 9", "tension / (tension - tension)", "recent(blue.act, 0 d)",
    "recent(blue.act, -5 d)", "recent(blue.act, 1e9 d)", "recent(blue.act, 1e-9 d)", "count(blue.act, 1e30 d)", "count(blue.act, 40000 d)", "since(nothing.at_all)",
    "Normal(0, -1)", "Normal(0, 0)", "Normal(0, 1e38)", "Normal(0, 1, low=5, high=4)", "Normal(0, 1, low=40)", "Gamma(0, 0)", "Gamma(1e-30, rate=1e30)",
    "Beta(1e-9, 1e-9)", "Beta(1e9, 1e9)", "Poisson(1e30)", "Poisson(-1)", "NegBinomial(1e9, 1e-9)", "Uniform(1, 0)", "Uniform(0, 1e38)", "Exponential(0)", "Exponential(1e-30)",
    "LogNormal(1, 1e3)", "LogNormal(0, 1)", "Bernoulli(2)", "Categorical(a=1)", "Categorical(a=0, b=0)", "Categorical(a=-1, b=2)", "Categorical()", "Categorical(a=1e38, b=1e38)",
    "Normal(Normal(Normal(0, 1), 1), 1)", "Normal(tension, 1)", "any(any(tension > 1))", "days_until(2020-01-01)", "days_until(calendar.nothing)", "payoff(public)",
    "where(1, 2, 3)", "where(tension, tension, tension)", "clip(1, 2, 0)", "clip(tension, 1e30, -1e30)", "switch.S == c", "switch.S == switch.S", "switch.S > a",
]  # fmt: skip
YAML = [
    "a: &a [*a]", "&x 1", "*x", "!!python/object/apply:os.system ['touch pwned']", "!!binary aGVsbG8=", "!!timestamp 2020-01-01", "!<tag:yaml.org,2002:str> x", "!x y",
    "<<: {a: 1}", "<<: *x", "? [a, b]\n: c", "? {a: b}\n: c", "- - - - - - - 1", "[" * 60, "{" * 60, "{a: " * 30, "]", "}", "---", "--- 1\n--- 2", "...", "%YAML 9.9\n---", "%TAG ! a,2000:\n---",
    "|9\n x", ">-2\n x", "|+", "\t- a", "a:\tb", "'", '"', '"\\', '"\\x"', '"\\ud800"', '"\\U00110000"', '"\\0"', "\x85", "\u2028", "\ufffe", "- \n-\n  -", ": ", "? ", "@x", "`x", "%x", ",", "a: b: c",
    "include: scenario.yaml", "include: [a.yaml, a.yaml]", "offramp: 2", "offramp: 1.0", "offramp: '1'", "scenario:", "moves: []", "ends: 5", "1: 2", "null: 1", "true: false", "? : ?", "'': ''",
]  # fmt: skip
EDITS = [
    "forbid blue.act", "forbid blue.*", "forbid nothing.here", "replace guard.raid with guard.accept", "replace blue.act with guard.raid", "force blue.offer on 2020-01-11",
    "force blue.* on 2020-01-11", "force blue.offer on 2020-02-30", "set tension = 0.1 on 2020-01-10", "set tension = on 2020-01-10", "set dead = tension ** 2 on 2020-01-10",
    "hold alarm = 1", "hold tension = 0.1 from 2020-01-20 until 2020-01-10", "hold wealth = Normal(0, 1)", "shift parameter.heat by 0.1", "shift parameter.heat by 1e999",
    "shift blue.act.utility.base by -1e30", "scale blue.force.opportunities by 0", "scale blue.force.opportunities by -1", "scale guard.slip.rate by 1e38",
    "if tension > 0.8 then forbid blue.act once", "if tension > 0.8 then if tension > 0.9 then forbid blue.act once while", "if then then then once", "if 1 then hold tension = 1 while announced",
    "forbid blue.act announced announced", "forbid blue.act from 2020-01-10 from 2020-01-11", "forbid blue.act until 2020-01-10 announced from 2020-01-01", "forbid guard.raid[south]",
    "Forbid blue.act", "forbid", "forbid  ", "forbid blue.act blue.offer", "forbid " + "a." * 3000 + "a", "if " + "(" * 900 + " then forbid blue.act once", "set x=1=2=3 on 2020-01-10",
    "hold tension = " + "1 on 2020-01-01 " * 100, "forbid blue.act" + " " * 20000 + "x", "forbid blue.act" + " announced" * 2000, "hold x = " + " " * 5000 + "from", "if " + "then " * 2000 + "once",
    "set " + "= " * 2000, "forbid\tblue.act", "forbid\nblue.act", "forbid blue.act from 0000-00-00", "shift x by 1e", "scale x by nan", "scale x by inf", "if any(tension > 1) then forbid blue.act while",
]  # fmt: skip
CELLS = [
    "",
    " ",
    '"',
    '""',
    '"a',
    'a"b',
    "=1+1",
    "@SUM(1)",
    "1e400",
    "-1",
    "0.5",
    "9" * 5000,
    "x" * 10001,
    "nan",
    "inf",
    "1_0",
    "\x00",
    "\r",
    "é",
    "2020-02-30",
    "9999-12-31",
    "0001-01-01",
    "１",
]
ARGUMENTS = [
    "", "-", "--", "--help", "--version", "--json", "--runs", "--runs=0", "--runs=-1", "--runs=1e3", "--runs=x", "--runs=" + "9" * 30, "--seed=-1", "--seed=" + "9" * 30, "--seed=1",
    "--start=2020-01-07", "--start=2020-02-30", "--start=9999-12-31", "--start=0001-01-01", "--start=x", "--end=2020-01-08", "--end=1999-01-01", "--engine=x", "--workers=0", "--workers=1",
    "--workers=99999", "--section=moves", "--section=x", "--resume", "--nothing", "-n", "-n2", "-h", "\x00", "[bold]", "é", "a" * 5000, "/dev/zero", "/dev/stdin", "..", "/", "no-such",
    "two-rivals", "scenario.yaml", ".", "record.csv", "%s", "--folder=new", "--folder=.", "--folder=/dev/null/x", "-o", "--output=/dev/null/x",
]  # fmt: skip
COMMANDS = ["check", "show", "cite", "run", "compare", "new", "schema", "report", "nothing", ""]

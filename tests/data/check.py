"""What `./check data` asks of the data set and of exports, with tools that know nothing of castgraph.

    python check.py CASTGRAPH        CASTGRAPH is the program

* The Frictionless Data Package in data/ is valid, and so is an exported one.
* Faults planted into a copy are refused by frictionless and by castgraph alike.
* Faults that only data/validate.py can know are refused by it.
* An exported graph is one to networkx, with as many edges as there are credits.
"""
import csv
import os
import shutil
import subprocess
import sys
import tempfile

import networkx
from frictionless import validate

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "data")

# What is wrong, file, row (from 1), and the cells that make it so; a number instead of cells repeats that row.
FAULTS = [
    ("a bad date", "people", 3, {"born": "1962-17-07"}),
    ("a day that the calendar does not have", "episodes", 5, {"air_date": "1967-02-29"}),
    ("an unknown foreign key", "cast_seasons", 2, {"person": "nobody-at-all"}),
    ("an unknown source of another day", "episodes", 31, {"alt_air_date": "1973-01-01", "alt_source": "nowhere"}),
    ("a season of another production", "episodes", 9, {"production": "star-trek-picard"}),
    ("an unknown claim", "claims", 4, {"status": "superseded", "superseded_by": "zzz"}),
    ("a missing required cell", "productions", 2, {"title": ""}),
    ("a missing billing", "cast_films", 6, {"billing": ""}),
    ("a wrong word", "productions", 2, {"kind": "serial"}),
    ("a wrong relation", "character_links", 1, {"relation": "friend_of"}),
    ("a wrong yes or no", "availability", 1, {"exclusive": "maybe"}),
    ("a number that is none", "seasons", 3, {"number": "two"}),
    ("a number out of range", "crew", 3, {"order": "0"}),
    ("a key that is there already", "characters", 7, 6),
    ("a credit that is there already", "cast_seasons", 10, 9),
    ("a slug that is none", "sources", 5, {"key": "Not A Slug"}),
    ("a currency that is none", "offers", 1, {"currency": "dollars"}),
    ("an amount that is none", "funding", 1, {"amount": "1,000"}),
    ("an address that is none", "sources", 1, {"address": "www.example.org"}),
    ("a check that is none", "people", 8, {"verified": "hearsay"}),
    ("a column too many", "franchises", 0, ["colour"]),
    ("a column that is missing", "people", 0, "born"),
]

# What is wrong, file, which rows (all that have these cells), the cells that make it so, and words of validate.py about it.
OWN_FAULTS = [
    ("a person who has the name of another", "people", {"slug": "nick-sagan"}, {"also_known_as": "Patrick Stewart"}, "is also called Patrick Stewart"),
    ("a person twice", "people", {"slug": "marina-sirtis"}, {"name": "Patrick H. Stewart"}, "look like one person"),
    ("a part before birth", "people", {"slug": "patrick-stewart"}, {"born": "2001-01-01"}, "is credited before birth"),
    ("a part long after death", "people", {"slug": "patrick-stewart"}, {"died": "1992-07-13"}, "patrick-stewart had died"),
    ("a part long after a year of death", "people", {"slug": "patrick-stewart"}, {"died": "1992"}, "patrick-stewart had died"),
    ("a main actor among the guests", "cast_episodes", {"episode": "sfa-s01e05", "person": "robert-picardo"}, {"billing": "guest"}, "not a guest"),
    ("a leading actor without a season", "cast_seasons", {"season": "star-trek-voyager-s03", "person": "kate-mulgrew"}, {"billing": "recurring"}, "leads 6 seasons with 146 episodes"),
    ("an episode without a writer", "crew", {"episode": "voy-s07e03", "role": "writer"}, {"role": "composer"}, "voy-s07e03 has no writer"),
    ("an episode without a director", "crew", {"episode": "tng-s01e19", "role": "director"}, {"role": "composer"}, "tng-s01e19 has no director"),
    ("an id of something else", "external_ids", {"key": "patrick-stewart", "authority": "imdb"}, {"value": "tt0001772"}, "does not look like an id of imdb"),
    ("an id of the wrong kind", "external_ids", {"key": "patrick-stewart", "authority": "imdb"}, {"kind": "series"}, "patrick-stewart is no series"),
    ("an id of two people", "external_ids", {"key": "brent-spiner"}, {"value": "nm0001772"}, "imdb person nm0001772 has 2 rows"),
    ("an id of a row that is not there", "external_ids", {"key": "brent-spiner"}, {"key": "nobody-at-all"}, "no row nobody-at-all"),
    ("too few documents", "cast_episodes", {}, {"verified": "general"}, "a third or more"),
    ("a stale table", "seasons", {"slug": "star-trek-voyager-s03"}, {"verified": "general"}, "README.md is out of date"),
]


def main():
    castgraph = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        must_be_valid(DATA)
        for number, fault in enumerate(FAULTS):
            planted(castgraph, os.path.join(folder, str(number)), *fault)
        for number, fault in enumerate(OWN_FAULTS):
            planted_for_validate(os.path.join(folder, "own-%d" % number), *fault)
        exports(castgraph, folder)
    print("the data package is valid, %d planted faults are refused by both, %d by validate.py, exports are sound" % (len(FAULTS), len(OWN_FAULTS)))


def must_be_valid(folder):
    report = validate(os.path.join(folder, "datapackage.json"))
    assert report.valid, report.flatten(["path", "rowNumber", "fieldName", "note"])


def planted(castgraph, folder, what, name, row, cells):
    shutil.copytree(DATA, folder)
    path = os.path.join(folder, name + ".csv")
    with open(path, encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    plant(lines, row, cells)
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(lines)
    report = validate(os.path.join(folder, "datapackage.json"))
    assert not report.valid, "frictionless takes " + what
    wrong = {task.name for task in report.tasks if not task.valid}
    assert name in wrong, "frictionless refuses %s, but for %s" % (what, wrong)
    taken = run(castgraph, folder, "import", folder)
    assert taken.returncode != 0, "castgraph takes " + what
    assert name + ".csv:" in taken.stderr, "castgraph refuses %s, but says\n%s" % (what, taken.stderr)


def planted_for_validate(folder, what, name, where, cells, words):
    shutil.copytree(DATA, folder)
    path = os.path.join(folder, name + ".csv")
    with open(path, encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    header, rows = lines[0], lines[1:]
    chosen = [row for row in rows if all(row[header.index(column)] == text for column, text in where.items())]
    assert chosen, "no row for " + what
    for row in chosen:
        for column, text in cells.items():
            row[header.index(column)] = text
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(lines)
    done = subprocess.run([sys.executable, os.path.join(folder, "validate.py")], capture_output=True, text=True)
    assert done.returncode == 1, "validate.py takes " + what
    assert words in done.stdout, "validate.py refuses %s, but says\n%s" % (what, done.stdout)


def plant(lines, row, cells):
    header = lines[0]
    if isinstance(cells, int):
        lines[row] = list(lines[cells])
    elif isinstance(cells, dict):
        for column, text in cells.items():
            assert lines[row][header.index(column)] != text, "the fault is there already"
            lines[row][header.index(column)] = text
    elif isinstance(cells, list):
        for line in lines:
            line.extend(cells if line is header else [""])
    else:
        place = header.index(cells)
        for line in lines:
            del line[place]


def exports(castgraph, folder):
    must_run(castgraph, folder, "import", DATA)
    must_run(castgraph, folder, "export", "set")
    must_be_valid(os.path.join(folder, "set"))
    must_run(castgraph, folder, "export", "--format", "graphml", "cast.graphml")
    graph = networkx.read_graphml(os.path.join(folder, "cast.graphml"))
    edges = [data for _, _, data in graph.edges(data=True)]
    credits = 0
    for name in ("cast_seasons", "cast_films"):
        with open(os.path.join(folder, "set", name + ".csv"), encoding="utf-8", newline="") as file:
            credits += len(list(csv.DictReader(file)))
    assert sum(data["kind"] == "plays" for data in edges) == credits, credits
    # Nodes that only edges name have no kind.
    assert all("kind" in data for _, data in graph.nodes(data=True))
    picard = graph.get_edge_data("person:patrick-stewart", "character:jean-luc-picard")
    assert any(data.get("season") == "star-trek-picard-s02" and data["position"] == 1 for data in picard.values()), picard
    assert networkx.has_path(graph.to_undirected(), "person:whoopi-goldberg", "person:isa-briones")


def must_run(castgraph, folder, *arguments):
    done = run(castgraph, folder, *arguments)
    assert done.returncode == 0, done.stderr


def run(castgraph, folder, *arguments):
    clean = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.run([castgraph, *arguments], cwd=folder, env=clean, capture_output=True, text=True)


if __name__ == "__main__":
    main()

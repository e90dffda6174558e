"""Asks networkx for the same paths as benches/paths.rs, of the folder that CASTGRAPH_BENCH_EDGES names.

Needs networkx from PyPI. People and seasons are the nodes of one graph, so that a path there is twice as long.
"""

import sys
import time
from pathlib import Path

import networkx


def main(folder: Path) -> None:
    for edges in sorted(folder.glob("*.edges"), key=lambda path: int(path.stem)):
        begun = time.process_time()
        graph = networkx.Graph()
        for line in edges.read_text().splitlines():
            person, season = line.split()
            graph.add_edge(int(person), -int(season))
        print(f"{edges.stem} shows with networkx: made in {(time.process_time() - begun) * 1e3:.0f} ms")
        pairs = [tuple(map(int, line.split())) for line in edges.with_suffix(".pairs").read_text().splitlines()]
        measure("path", pairs, lambda pair: path(graph, *pair))
        measure("centrality", pairs[:3], lambda pair: networkx.single_source_shortest_path_length(graph, pair[0]))


def path(graph: networkx.Graph, one: int, other: int) -> None:
    try:
        networkx.bidirectional_shortest_path(graph, one, other)
    except networkx.NetworkXNoPath:
        pass


def measure(name: str, pairs: list, question) -> None:
    took = []
    for pair in pairs:
        begun = time.process_time()
        question(pair)
        took.append((time.process_time() - begun) * 1e3)
    took.sort()
    p50, p99 = took[len(took) // 2], took[min(len(took) * 99 // 100, len(took) - 1)]
    print(f"  {name:14} p50 {p50:9.3f} ms   p99 {p99:9.3f} ms")


main(Path(sys.argv[1]))

// The neighbourhood as a list: the same content as the graph.

import { MOST_NODES } from "./address.js";
import { html } from "./dom.js";
import { marksOf, tiesInwards } from "./model.js";
import { KIND_NAMES, MARKS, count, facts, jobName, works } from "./words.js";

const ORDER = {
  person: ["character", "show", "person"],
  character: ["person", "show", "character"],
  show: ["character", "person", "show"],
};
/** Maximum links towards the centre in one entry. */
const MOST_TIES = 2;

export function headOf(node) {
  return html(
    "header",
    { class: "head" },
    html("p", { class: `kind ${node.kind}` }, KIND_NAMES[node.kind][0]),
    html("h1", { tabindex: "-1", class: `name ${node.kind}` }, node.name),
    html(
      "p",
      { class: "facts" },
      [facts(node), count(node.links, ["link", "links"])].filter(Boolean).join(" · "),
      badges(node),
    ),
  );
}

export function listOf(graph, { link, more }) {
  const groups = ORDER[graph.focus.kind].map((kind) => groupOf(graph, kind, link)).filter(Boolean);
  if (groups.length === 0) {
    groups.push(
      html(
        "p",
        { class: "nothing" },
        "These filters hide everything. Remove one to see more.",
      ),
    );
  }
  if (graph.hidden > 0) groups.push(hiddenOf(graph, more));
  return groups;
}

function groupOf({ focus, nodes }, kind, link) {
  const members = nodes.filter((node) => node.kind === kind && node !== focus);
  if (members.length === 0) return null;
  const name = KIND_NAMES[kind][1];
  return html(
    "section",
    { class: "group" },
    html(
      "h2",
      {},
      `${name[0].toUpperCase()}${name.slice(1)} `,
      html("span", { class: "number" }, String(members.length)),
    ),
    html(
      "ul",
      { class: "entries", "data-kind": kind },
      members.map((node) => entryOf(node, focus, link)),
    ),
  );
}

function entryOf(node, focus, link) {
  const ties = tiesInwards(node);
  const told = ties.slice(0, MOST_TIES).map((tie) => tieOf(node, tie, focus));
  const others = ties.length - told.length;
  if (others > 0) told.push(html("span", { class: "tie" }, `and ${others} more`));
  return html("li", {}, link(node, { class: `name ${node.kind}` }), badges(node), told);
}

/** How a node is linked to one nearer to the centre: `as Spock – season 1`. */
function tieOf(node, { node: near, link }, focus) {
  const between = {
    person: { character: "as", show: "worked on" },
    character: { person: "played by", show: "in" },
    show: { character: "with", person: "with" },
  };
  const word = between[node.kind][near.kind];
  const withTitles = node.kind !== "show" && near.kind !== "show";
  const jobs = [...new Set(link.credits.map(({ job }) => job).filter((job) => job !== "ACTOR"))].map(jobName);
  const detail = [jobs.join(", "), works(link.credits, withTitles)].filter(Boolean).join(", ");
  // The focus itself is not named.
  const named =
    near === focus
      ? []
      : [`${word} `, html("span", { class: `name ${near.kind}` }, near.name), detail && ": "];
  return named.length > 0 || detail ? html("span", { class: "tie" }, named, detail) : null;
}

export function badges(node) {
  return marksOf(node).map((mark) =>
    html("span", { class: `badge ${mark.toLowerCase()}`, title: MARKS[mark].meaning }, MARKS[mark].label),
  );
}

function hiddenOf({ hidden, nodes }, more) {
  const canMore = nodes.length < MOST_NODES;
  return html(
    "p",
    { class: "hidden" },
    `${count(hidden, ["node", "nodes"])} within this reach ${hidden === 1 ? "is" : "are"} hidden. `,
    canMore &&
      html(
        "button",
        {
          type: "button",
          id: "more",
          class: "quiet",
          onclick: () => more(Math.min(nodes.length + 40, MOST_NODES)),
        },
        "Show more",
      ),
  );
}

// The path between two people, as text.

import { SCOPES } from "./address.js";
import { html } from "./dom.js";
import { select } from "./filters.js";
import { nodeOf } from "./model.js";
import { SCOPE_NAMES, count, distance, jobName } from "./words.js";

export function wayOf(view, { from, to, paths }, { link, change, back }) {
  const path = paths[view.way - 1] ?? paths[0];
  return [
    html(
      "header",
      { class: "head" },
      html("p", { class: "kind lit" }, "How they are connected"),
      html("h1", { tabindex: "-1" }, named(from), html("span", { class: "to" }, " to "), named(to)),
      html("p", { class: "distance" }, path ? distance(path.length) : "No known connection"),
    ),
    path && paths.length > 1 && choices(view, paths.length, change),
    path
      ? html(
          "ol",
          { class: "steps" },
          path.steps.map((step, index) => stepOf(path, step, index, link)),
        )
      : nothing(view),
    options(view, change),
    html("p", {}, html("button", { type: "button", class: "quiet", onclick: back }, `Back to ${from.name}`)),
  ].filter(Boolean);

  function named(person) {
    return link(nodeOf(person), { class: "name person" });
  }
}

/** One step as a sentence, with the credits behind it. */
function stepOf(path, step, index, link) {
  const [from, to] = [nodeOf(path.people[index]), nodeOf(path.people[index + 1])];
  const where = [
    step.season && `season ${step.season.number}`,
    step.episode && `“${step.episode.title}”`,
  ].filter(Boolean);
  return html(
    "li",
    {},
    html(
      "p",
      { class: "work" },
      link(nodeOf(step.show), { class: "name show" }),
      where.length > 0 && ` ${where.join(", ")}`,
    ),
    html(
      "p",
      {},
      link(from, { class: "name person" }),
      " ",
      parts(step.fromCredits, link),
      " and ",
      link(to, { class: "name person" }),
      " ",
      parts(step.toCredits, link),
      ".",
    ),
  );
}

function parts(credits, link) {
  const characters = new Map(
    credits.filter(({ character }) => character).map(({ character }) => [character.id, character]),
  );
  const jobs = new Set(credits.filter(({ character }) => !character).map(({ job }) => `as ${jobName(job)}`));
  const told = [
    ...[...characters.values()].map((character) => [
      "as ",
      link(nodeOf(character), { class: "name character" }),
    ]),
    ...jobs,
  ];
  return told.map((part, index) => [index > 0 ? " and " : "", part]).flat(2);
}

function choices(view, number, change) {
  const go = (way) => change({ way });
  const step = (id, label, sign, way) =>
    html(
      "button",
      { type: "button", id, "aria-label": label, disabled: way < 1 || way > number, onclick: () => go(way) },
      sign,
    );
  return html(
    "div",
    { class: "ways", role: "group", "aria-label": "Paths of this length" },
    step("way-before", "Previous path", "←", view.way - 1),
    html("span", {}, `path ${view.way} of ${number === 5 ? "the first 5" : number}`),
    step("way-next", "Next path", "→", view.way + 1),
  );
}

function options(view, change) {
  const id = "choice-crew";
  const scopes = SCOPES.map((scope) => [scope, SCOPE_NAMES[scope]]);
  return html(
    "form",
    { class: "filters", "aria-label": "What links two people", onsubmit: (event) => event.preventDefault() },
    select("Linked by", scopes, view.scope, (scope) => change({ scope, way: 1 })),
    html(
      "div",
      { class: "choice check" },
      html("input", {
        id,
        type: "checkbox",
        checked: view.crew,
        onchange: () => change({ crew: !view.crew, way: 1 }),
      }),
      html("label", { for: id }, "include crew"),
    ),
  );
}

function nothing(view) {
  const hints = [
    view.scope !== "SHOW" && "link people by the same show",
    !view.crew && "include the crew",
  ].filter(Boolean);
  const hint = hints.length > 0 ? ` Try to ${hints.join(", or to ")}.` : "";
  return html("p", { class: "nothing" }, `No chain of shared credits connects them.${hint}`);
}

/** The announcement of a path for screen readers. */
export function told({ from, to, paths }) {
  if (paths.length === 0) return `No known connection from ${from.name} to ${to.name}.`;
  const ways = paths.length > 1 ? `, ${count(paths.length, ["path", "paths"])}` : "";
  return `From ${from.name} to ${to.name}: ${distance(paths[0].length).toLowerCase()}${ways}.`;
}

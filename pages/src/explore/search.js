import { askSearch } from "./api.js";
import { announce, freshId, html, set } from "./dom.js";
import { nodeOf } from "./model.js";
import { KIND_NAMES, count, facts } from "./words.js";

const PAUSE = 140;

/**
 * A search field that suggests people, characters and shows: a combobox with a list, as described in the ARIA
 * practices. Calls `choose` with the selected node.
 */
export function searchField({ label, kinds, hint, choose }) {
  const id = freshId("search");
  const list = html("ul", {
    id: `${id}-list`,
    role: "listbox",
    "aria-label": "Suggestions",
    class: "suggestions",
    hidden: true,
  });
  const note = html("p", { class: "suggestions note", hidden: true });
  const input = html("input", {
    id,
    type: "search",
    role: "combobox",
    placeholder: hint,
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
    oninput: () => {
      isEager = false;
      later();
    },
    onkeydown: key,
    onblur: close,
    onfocus: () => input.value.trim() && later(),
  });
  const field = html(
    "div",
    { class: "field" },
    html("label", { for: id, class: "unseen" }, label),
    input,
    list,
    note,
  );

  let found = [];
  let active = -1;
  // Enter was pressed before there were suggestions.
  let isEager = false;
  let timer;
  let asking;
  return field;

  function later(pause = PAUSE) {
    clearTimeout(timer);
    asking?.abort();
    if (!input.value.trim()) return close();
    timer = setTimeout(ask, pause);
  }

  async function ask() {
    asking = new AbortController();
    const { signal } = asking;
    const query = input.value.trim();
    try {
      const { search } = await askSearch({ query, kinds: kinds.map((kind) => kind.toUpperCase()) }, signal);
      if (!signal.aborted)
        show(
          query,
          search.nodes.map(({ node, matched }) => ({ ...nodeOf(node), matched })),
        );
    } catch (error) {
      if (!signal.aborted) tell(`The search failed: ${error.message}`);
    }
  }

  function show(query, nodes) {
    if (document.activeElement !== input) return;
    if (nodes.length === 0) return tell(`No results for “${query}”.`);
    found = nodes;
    if (isEager) return take(0);
    note.hidden = true;
    list.replaceChildren(...nodes.map(optionOf));
    list.hidden = false;
    set(input, { "aria-expanded": "true" });
    activate(-1);
    announce(count(nodes.length, ["suggestion", "suggestions"]));
  }

  function optionOf(node, index) {
    const also = node.matched && node.matched !== node.name ? `also ${node.matched}` : "";
    return html(
      "li",
      {
        id: `${id}-${index}`,
        role: "option",
        "aria-selected": "false",
        onpointerdown: (event) => {
          event.preventDefault();
          take(index);
        },
      },
      html("span", { class: `name ${node.kind}` }, node.name),
      html("small", {}, [KIND_NAMES[node.kind][0], also || facts(node)].filter(Boolean).join(" · ")),
    );
  }

  function tell(text) {
    close();
    note.textContent = text;
    note.hidden = false;
    announce(text);
  }

  function key(event) {
    if (event.key === "Escape") {
      if (!list.hidden) event.preventDefault();
      return close();
    }
    if (event.key === "Enter") {
      event.preventDefault();
      if (!list.hidden) return take(Math.max(active, 0));
      isEager = true;
      later(0);
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    if (list.hidden) return later();
    activate((active + step + found.length + (active < 0 && step < 0 ? 1 : 0)) % found.length);
  }

  function activate(index) {
    active = index;
    for (const [place, option] of [...list.children].entries())
      set(option, { "aria-selected": String(place === index) });
    set(input, { "aria-activedescendant": index >= 0 ? `${id}-${index}` : null });
    list.children[index]?.scrollIntoView({ block: "nearest" });
  }

  function take(index) {
    const node = found[index];
    close();
    input.value = "";
    if (node) choose(node);
  }

  function close() {
    clearTimeout(timer);
    asking?.abort();
    list.hidden = true;
    note.hidden = true;
    isEager = false;
    active = -1;
    set(input, { "aria-expanded": "false", "aria-activedescendant": null });
  }
}

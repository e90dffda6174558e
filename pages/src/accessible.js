// Corrects markup of GraphiQL and its explorer pane that assistive technology cannot use: a tab that contains buttons,
// and fields without a name.

const corrections = [
  // Turns tabs that contain buttons into a list of buttons, and marks the current one.
  [".graphiql-tabs[role]", (tabs) => tabs.removeAttribute("role")],
  [
    ".graphiql-tab[role], .graphiql-tab[aria-selected]",
    (tab) => {
      const button = tab.querySelector(".graphiql-tab-button");
      if (!button) return;
      if (tab.getAttribute("aria-selected") === "true") button.setAttribute("aria-current", "page");
      else button.removeAttribute("aria-current");
      for (const name of ["role", "aria-selected", "aria-roledescription", "tabindex"]) tab.removeAttribute(name);
    },
  ],
  [
    ".graphiql-explorer-root input:not([aria-label]), .graphiql-explorer-root select:not([aria-label])",
    (field) => {
      const name = field.closest("div, span")?.textContent?.split(":")[0]?.trim();
      field.setAttribute("aria-label", name && name.length < 60 ? `Value of ${name}` : "Value");
    },
  ],
];

const correct = () => {
  for (const [selector, change] of corrections) for (const found of document.querySelectorAll(selector)) change(found);
};

/** Corrects the page now and whenever it changes. */
export function keepAccessible(page) {
  let waiting = false;
  new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      correct();
    });
  }).observe(page, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ["role", "aria-selected"],
  });
}

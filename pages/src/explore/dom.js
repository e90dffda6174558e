const SVG = "http://www.w3.org/2000/svg";

/** Creates an HTML element. Properties that begin with `on` are listeners; null, undefined and false are ignored. */
export function html(tag, properties, ...children) {
  return fill(document.createElement(tag), properties, children);
}

/** Creates an SVG element. */
export function svg(tag, properties, ...children) {
  return fill(document.createElementNS(SVG, tag), properties, children);
}

/** Sets attributes of an element. */
export function set(element, properties) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === null || value === undefined || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? "" : value);
  }
  return element;
}

function fill(element, properties, children) {
  set(element, properties);
  element.append(
    ...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false),
  );
  return element;
}

let last = 0;

/** A unique element id. */
export function freshId(stem) {
  last += 1;
  return `${stem}-${last}`;
}

/** Announces a text to screen readers. */
export function announce(text) {
  document.getElementById("status").textContent = text;
}

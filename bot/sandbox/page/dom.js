// Small helpers: elements by id, and new elements from plain values (text is always text, never HTML).

/** @returns {HTMLElement} the element with this id; index.html has it. */
export const byId = (id) => document.getElementById(id);

/**
 * Make an element.
 * @param {string} tag
 * @param {Object} attributes "class", "aria-…" and the like; "onclick" and other functions become listeners;
 *   null, undefined and false leave the attribute out.
 * @param {...(Node|string|null)} children null is left out.
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** Switch a control off without taking the focus from whoever is on it. */
export function setOff(button, off) {
  if (off) button.setAttribute("aria-disabled", "true");
  else button.removeAttribute("aria-disabled");
}

/** Tell whether `setOff` switched the control off. */
export const isOff = (button) => button.getAttribute("aria-disabled") === "true";

// A message's HTML as nodes: only Telegram's elements and safe links pass, everything else becomes its text.
import { make } from "./dom.js";

const PLAIN = new Set(["b", "i", "u", "s", "code", "pre"]);
const NO_COMMANDS = new Set(["a", "code", "pre", "span"]);
const COMMAND = /(?<!\S)(\/[a-z][a-z0-9_]{0,31})\b/;
const SAFE_LINK = /^(https?|tg|mailto|tel):/i;

/**
 * @param {string} html
 * @param {(command: string) => void} onCommand what a tap on "/today" in the text does.
 * @returns {DocumentFragment} what may be shown of `html`.
 */
export function richText(html, onCommand) {
  // Parsed into a document of its own: nothing in it loads or runs. The <div> keeps a leading line break.
  const parsed = new DOMParser().parseFromString(`<div>${html}</div>`, "text/html");
  return copyAll(parsed.body, onCommand);
}

/** @returns {string | null} the address if a link may lead there. */
export const safeLink = (url) => (SAFE_LINK.test(url ?? "") ? url : null);

function copyAll(parent, onCommand) {
  const fragment = document.createDocumentFragment();
  for (const node of parent.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) fragment.append(...withCommands(node.data, onCommand));
    else if (node.nodeType === Node.ELEMENT_NODE) fragment.append(copyElement(node, onCommand));
  }
  return fragment;
}

function withCommands(text, onCommand) {
  if (!onCommand) return [text];
  // split() with one group: texts and commands take turns.
  return text
    .split(COMMAND)
    .map((part, index) =>
      index % 2 ? make("button", { type: "button", class: "command", onclick: () => onCommand(part) }, part) : part,
    );
}

function copyElement(node, onCommand) {
  const tag = node.localName;
  const inside = copyAll(node, NO_COMMANDS.has(tag) ? null : onCommand);
  if (tag === "script" || tag === "style") return document.createDocumentFragment();
  if (tag === "blockquote" && node.classList.contains("expandable")) return expandable(inside);
  if (PLAIN.has(tag) || tag === "blockquote") return make(tag, {}, inside);
  if (tag === "time") return make("time", { datetime: node.getAttribute("datetime") }, inside);
  if (tag === "span" && node.classList.contains("spoiler")) return spoiler(inside);
  const href = tag === "a" ? safeLink(node.getAttribute("href")) : null;
  if (href) return make("a", { href, target: "_blank", rel: "noopener noreferrer" }, inside);
  return inside;
}

function spoiler(inside) {
  const words = make("span", { class: "spoiler-words", "aria-hidden": "true" }, inside);
  const cover = make("span", { class: "spoiler", role: "button", tabindex: "0", "aria-label": "Hidden text: show" }, words);
  const show = (event) => {
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    cover.replaceWith(make("span", {}, ...words.childNodes));
  };
  cover.addEventListener("click", show);
  cover.addEventListener("keydown", show);
  return cover;
}

function expandable(inside) {
  const quote = make("blockquote", { class: "folded" }, inside);
  const button = make("button", { type: "button", class: "unfold", "aria-expanded": "false" }, "Show all");
  button.addEventListener("click", () => {
    const folded = quote.classList.toggle("folded");
    button.setAttribute("aria-expanded", String(!folded));
    button.textContent = folded ? "Show all" : "Show less";
  });
  return make("div", { class: "quote" }, quote, button);
}

// A message's HTML as nodes: only Telegram's elements and safe links pass, everything else becomes its text.
import { make } from "./dom.js";

const PLAIN = new Set(["b", "i", "u", "s", "code", "pre"]);
const SAFE_LINK = /^(https?|tg|mailto|tel):/i;

/** @returns {DocumentFragment} what may be shown of `html`. */
export function richText(html) {
  // Parsed into a document of its own: nothing in it loads or runs. The <div> keeps a leading line break.
  const parsed = new DOMParser().parseFromString(`<div>${html}</div>`, "text/html");
  return copyAll(parsed.body);
}

/** @returns {string | null} the address if a link may lead there. */
export const safeLink = (url) => (SAFE_LINK.test(url ?? "") ? url : null);

function copyAll(parent) {
  const fragment = document.createDocumentFragment();
  for (const node of parent.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) fragment.append(node.data);
    else if (node.nodeType === Node.ELEMENT_NODE) fragment.append(copyElement(node));
  }
  return fragment;
}

function copyElement(node) {
  const tag = node.localName;
  const inside = copyAll(node);
  if (tag === "script" || tag === "style") return document.createDocumentFragment();
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

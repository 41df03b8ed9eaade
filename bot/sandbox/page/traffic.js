// The developers' drawer: what bot and Bot API say to each other, newest first; heard only while it is open.
import * as api from "./api.js";
import { byId, make } from "./dom.js";

const KEPT = 200;
const LONGEST = 20_000; // characters of one body

let source = null;
let seen = 0;
let held = null; // what came since the list stands still, or null while it moves

/** Let the button open and close the drawer. */
export function setUpTraffic() {
  byId("open-traffic").addEventListener("click", () => show(byId("traffic").hidden));
  byId("close-traffic").addEventListener("click", () => show(false));
  byId("hold-traffic").addEventListener("click", () => hold(held === null));
  byId("clear-traffic").addEventListener("click", () => {
    byId("calls").replaceChildren();
    hold(false);
  });
  byId("traffic").addEventListener("keydown", (event) => event.key === "Escape" && show(false));
}

/** Hear anew: the sandbox answers again. */
export function resumeTraffic({ restarted }) {
  if (restarted) seen = 0; // the new sandbox counts from one
  if (!byId("traffic").hidden && source === null) listen();
}

function show(open) {
  byId("traffic").hidden = !open;
  byId("open-traffic").setAttribute("aria-expanded", String(open));
  if (open) {
    listen();
    byId("close-traffic").focus();
  } else {
    stop();
    byId("open-traffic").focus();
  }
}

function listen() {
  stop();
  source = api.traffic();
  source.addEventListener("call", (event) => add(JSON.parse(event.data), call));
  source.addEventListener("update", (event) => add(JSON.parse(event.data), update));
  source.addEventListener("error", stop);
}

function stop() {
  source?.close();
  source = null;
}

function add(item, build) {
  if (item.number <= seen) return; // the stream begins with what was shown before
  seen = item.number;
  const line = make("li", { class: "call" }, build(item));
  if (held === null) {
    put(line);
    return;
  }
  held.push(line);
  if (held.length > KEPT) held.shift();
  byId("hold-traffic").textContent = `Go on (${held.length} new)`;
}

function put(line) {
  const list = byId("calls");
  list.prepend(line);
  while (list.childElementCount > KEPT) list.lastElementChild.remove();
}

/** Let the list stand still, so that what is read doesn't run away; or go on. */
function hold(still) {
  for (const line of held ?? []) if (!still) put(line);
  held = still ? held ?? [] : null;
  byId("hold-traffic").setAttribute("aria-pressed", String(still));
  byId("hold-traffic").textContent = still ? "Go on" : "Hold";
}

function call(item) {
  const status = item.ok ? make("span", {}, String(item.status)) : make("span", { class: "refused" }, String(item.status || "cut"));
  const answer = item.ok ? item.result ?? true : item.error;
  return entry(item.method, [status, make("span", {}, `${item.ms} ms`)], { parameters: item.params, answer });
}

function update(item) {
  const kind = Object.keys(item.update).find((key) => key !== "update_id") ?? "update";
  return entry(`← ${kind}`, [make("span", {}, "update")], item.update);
}

function entry(title, facts, body) {
  const words = make("pre", {});
  const details = make("details", {}, make("summary", {}, make("b", {}, title), ...facts), words);
  // Written when it is opened: two hundred bodies that nobody reads would slow the page down.
  details.addEventListener("toggle", () => {
    words.textContent ||= readable(body);
    if (details.open && held === null) hold(true);
  });
  return details;
}

function readable(body) {
  const text = JSON.stringify(body, (_key, value) => parsed(value), 2);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)} … (cut)` : text;
}

/** The bot sends structures (keyboards) as JSON in a text: shown as what they are. */
function parsed(value) {
  if (typeof value !== "string" || !/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

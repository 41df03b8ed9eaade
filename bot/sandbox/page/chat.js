// The chat: which messages there are, their bubbles, date separators, scrolling, and buttons that wait.
import { bubble } from "./bubble.js";
import { byId, make } from "./dom.js";
import { readOut, stopReadingOut } from "./reading_out.js";
import { longDay } from "./wall_time.js";

const PAGE = 200;
const NEAR_BOTTOM = 90; // pixels
const LONGEST_WAIT = 15_000; // ms; then a button stops spinning although nothing was answered

export class Chat {
  /** @param {{onTap: Function, onEdit: Function, onCommand: Function}} doors what presses in the chat do. */
  constructor(doors) {
    this.doors = doors;
    this.messages = new Map();
    this.nodes = new Map();
    this.waiting = new Map();
    this.zone = null;
    this.limit = PAGE;
    this.scroll = byId("scroll");
    this.log = byId("log");
    this.drawing = false;
    this.sticky = true;
    this.scroll.addEventListener("scroll", () => this.#noteScroll(), { passive: true });
    byId("to-bottom").addEventListener("click", () => this.toBottom());
    byId("earlier").addEventListener("click", () => this.#showEarlier());
    this.lastTop = 0;
    const growth = new ResizeObserver(() => this.sticky && this.toBottom());
    growth.observe(this.scroll);
    growth.observe(this.log);
  }

  /** Show another chat, or the same one after a reconnect. Old messages aren't read out again. */
  reset(messages, { samePerson }) {
    this.messages = new Map(messages.map((message) => [message.id, message]));
    this.nodes.clear();
    this.waiting.clear();
    if (!samePerson) {
      byId("before").hidden = true;
      byId("before").replaceChildren();
      this.limit = PAGE;
      this.sticky = true;
    }
    this.log.replaceChildren();
    stopReadingOut();
    this.#draw();
  }

  get isEmpty() {
    return this.messages.size === 0;
  }

  /** Leave standing what was said before the sandbox was started again; its buttons lead nowhere any more. */
  keepBefore() {
    if (!this.log.childElementCount) return;
    byId("before").replaceChildren(...this.log.children);
    for (const button of byId("before").querySelectorAll("button")) {
      button.disabled = true;
      button.removeAttribute("data-press");
    }
    byId("before").hidden = false;
    this.sticky = true;
  }

  /** Show a new message, or a new version of one. */
  put(message) {
    const isNew = !this.messages.has(message.id);
    if (message.from === "bot") readOut(message, this.messages.get(message.id));
    this.messages.set(message.id, message);
    if (isNew && message.from === "person") this.sticky = true;
    if (isNew && !this.sticky) byId("to-bottom").hidden = false;
    this.#redraw(message.id);
  }

  remove(messageId) {
    this.messages.delete(messageId);
    this.#redraw(messageId);
  }

  /** Say times in this zone from now on. */
  setZone(zone) {
    if (zone === this.zone) return;
    this.zone = zone;
    this.nodes.clear();
    this.#drawSoon();
  }

  isWaiting(messageId, data) {
    return this.waiting.has(`${messageId}|${data}`);
  }

  /** Let a pressed button spin until `answered`. */
  wait(messageId, data) {
    const timer = setTimeout(() => this.answered(messageId, data), LONGEST_WAIT);
    this.waiting.set(`${messageId}|${data}`, timer);
    this.#setBusy(messageId, data, true);
  }

  answered(messageId, data) {
    clearTimeout(this.waiting.get(`${messageId}|${data}`));
    this.waiting.delete(`${messageId}|${data}`);
    this.#setBusy(messageId, data, false);
  }

  toBottom() {
    this.sticky = true;
    this.scroll.scrollTop = this.scroll.scrollHeight;
    byId("to-bottom").hidden = true;
  }

  #setBusy(messageId, data, busy) {
    for (const key of this.nodes.get(messageId)?.querySelectorAll("[data-press]") ?? []) {
      if (key.dataset.press !== data) continue;
      if (busy) key.setAttribute("aria-busy", "true");
      else key.removeAttribute("aria-busy");
    }
  }

  #noteScroll() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroll;
    // What grows below, like a picture that has just loaded, is no scrolling up.
    if (scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM) this.sticky = true;
    else if (scrollTop < this.lastTop) this.sticky = false;
    this.lastTop = scrollTop;
    if (this.sticky) byId("to-bottom").hidden = true;
  }

  #showEarlier() {
    const below = this.scroll.scrollHeight - this.scroll.scrollTop;
    this.limit += PAGE;
    this.sticky = false;
    this.#draw();
    this.scroll.scrollTop = this.scroll.scrollHeight - below;
  }

  #redraw(messageId) {
    (this.stale ??= new Set()).add(messageId);
    this.#drawSoon();
  }

  #drawSoon() {
    // A week in a second is hundreds of changes: one drawing a frame. A hidden tab has no frames.
    if (this.drawing) return;
    this.drawing = true;
    const draw = () => {
      this.drawing = false;
      this.#draw();
    };
    if (document.hidden) setTimeout(draw, 50);
    else requestAnimationFrame(draw);
  }

  #draw() {
    const focus = this.#focusedMessage();
    const onStart = byId("empty").contains(document.activeElement);
    for (const id of this.stale ?? []) this.nodes.delete(id);
    this.stale = new Set();
    const all = [...this.messages.values()].sort((one, other) => one.id - other.id);
    const shown = all.slice(-this.limit);
    byId("earlier").hidden = shown.length === all.length;
    byId("empty").hidden = all.length > 0;
    this.#place(this.#wanted(shown));
    if (this.sticky) this.toBottom();
    this.#giveFocusBack(focus);
    if (onStart && byId("empty").hidden) this.#standOn(this.nodes.get(all.at(-1).id));
  }

  #wanted(messages) {
    const wanted = [];
    let lastDay = null;
    for (const message of messages) {
      const today = longDay(new Date(message.date), this.zone);
      if (today !== lastDay) wanted.push(this.#node(`day ${today}`, () => make("h2", { class: "day" }, make("span", {}, today))));
      lastDay = today;
      wanted.push(this.#node(message.id, () => bubble(message, this.#look())));
    }
    return wanted;
  }

  #look() {
    return {
      zone: this.zone,
      isWaiting: (id, data) => this.isWaiting(id, data),
      onTap: this.doors.onTap,
      onEdit: this.doors.onEdit,
      onCommand: this.doors.onCommand,
      onGrow: () => this.sticky && this.toBottom(),
    };
  }

  #node(key, build) {
    if (!this.nodes.has(key)) this.nodes.set(key, build());
    return this.nodes.get(key);
  }

  #place(wanted) {
    let at = this.log.firstChild;
    const kept = new Set(wanted);
    while (at && !kept.has(at)) at = this.#drop(at);
    for (const node of wanted) {
      if (node === at) at = at.nextSibling;
      else this.log.insertBefore(node, at);
      while (at && !kept.has(at)) at = this.#drop(at);
    }
  }

  #drop(node) {
    const next = node.nextSibling;
    node.remove();
    return next;
  }

  #focusedMessage() {
    const focused = document.activeElement;
    const article = focused?.closest?.("article");
    if (!article || !this.log.contains(article)) return null;
    return { id: Number(article.dataset.id), press: focused.dataset.press };
  }

  #giveFocusBack(focus) {
    // The message was edited under the finger of a keyboard user: stay on the same button, else before the first of
    // the new ones. On one of these, Return pressed twice would answer what nobody has heard yet, or undo a dose.
    if (!focus || this.log.contains(document.activeElement)) return;
    const article = this.nodes.get(focus.id);
    const keys = [...(article?.querySelectorAll("[data-press]") ?? [])];
    const same = keys.find((key) => key.dataset.press === focus.press);
    if (same) same.focus({ preventScroll: true });
    else this.#standOn(article?.querySelector(".keys") ?? article);
  }

  /** Put the focus on a message or its buttons: the next Tab goes on from there, not from the top of the page. */
  #standOn(place) {
    place?.setAttribute("tabindex", "-1");
    (place ?? this.scroll).focus({ preventScroll: true });
  }
}

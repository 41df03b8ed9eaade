// What pops up: toasts, alerts, and the banner while the sandbox isn't answering.
import { byId, make } from "./dom.js";

const TOAST_MS = 4_000;

/** Show a few words for a moment. */
export function toast(text) {
  const note = make("p", { class: "toast" }, text);
  byId("toasts").append(note);
  setTimeout(() => note.remove(), TOAST_MS + text.length * 30);
}

/** Show words that wait for an OK. */
export function alertDialog(text) {
  byId("alert-text").textContent = text;
  const dialog = byId("alert");
  if (!dialog.open) dialog.showModal();
}

/** Show a line above the chat, or take it away with null. */
export function banner(text) {
  byId("banner").hidden = text === null;
  byId("banner").textContent = text ?? "";
}

/** Run `action`; say in a toast why it was refused. Returns whether it worked. */
export async function attempt(action) {
  try {
    await action();
    return true;
  } catch (error) {
    toast(error.message);
    return false;
  }
}

// A second patient beside the first, on screens wide enough: the same page in a frame, without its time bar.
import * as api from "./api.js";
import { byId, make } from "./dom.js";
import { attempt } from "./notices.js";

/** Whether this page is the second patient's. */
export const isBeside = new URLSearchParams(location.search).has("beside");

/** @param {() => number} person who is chatting in the first pane. */
export function setUpBeside(person) {
  if (isBeside) {
    document.body.classList.add("is-beside");
    return;
  }
  byId("two").addEventListener("click", () => attempt(() => toggle(person())));
}

async function toggle(first) {
  const open = byId("beside").hidden;
  if (open) {
    const other = (await api.people()).find(({ id }) => id !== first) ?? (await api.newPerson());
    byId("beside").replaceChildren(make("iframe", { src: `/?beside#${other.id}`, title: "Second patient's chat" }));
  } else {
    byId("beside").replaceChildren();
  }
  byId("beside").hidden = !open;
  byId("two").setAttribute("aria-pressed", String(open));
  document.body.classList.toggle("two", open);
}

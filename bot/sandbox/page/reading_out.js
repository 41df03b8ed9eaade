// What a screen reader is told of the bot's messages: each once, in one piece.
// The log itself is silent: its bubbles are many elements, and Orca read every one of them and then the whole again.
import { byId, make } from "./dom.js";

const KEPT_MS = 10_000; // long enough to be taken up; afterwards whoever reads the page meets each message once
const FEW_ANSWERS = 6;

/**
 * @param {Object} message MESSAGE of the protocol, of the bot.
 * @param {Object | undefined} before the same message as it was, if it was there.
 */
export function readOut(message, before) {
  const says = content(message);
  const answers = buttons(message);
  // A question that has been answered often loses its buttons only: nothing to tell.
  const words = before && content(before) === says ? answers !== buttons(before) && answers : `${says}\n${answers}`;
  if (!words) return;
  const line = make("p", {}, words);
  byId("read-out").append(line);
  setTimeout(() => line.remove(), KEPT_MS);
}

/** Forget what isn't read yet: another chat is shown. */
export const stopReadingOut = () => byId("read-out").replaceChildren();

function content({ text, media }) {
  if (media?.kind === "photo") return `Picture.\n${text}`;
  return media?.kind === "document" ? `File ${media.name}.\n${text}` : text;
}

function buttons({ rows }) {
  const names = rows.flat().map((button) => button.text);
  if (names.length > FEW_ANSWERS) return `${names.length} buttons.`;
  return names.length ? `Buttons: ${names.join(", ")}.` : "";
}

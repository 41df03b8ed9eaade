// One message as a bubble, with its picture or file and its inline keyboard.
import { make } from "./dom.js";
import { richText, safeLink } from "./rich_text.js";
import { clock, day } from "./wall_time.js";

const STYLES = new Set(["primary", "success", "danger"]);

/**
 * @param {Object} message MESSAGE of the protocol.
 * @param {{zone: string | null, isWaiting: Function, onTap: Function, onEdit: Function, onCommand: Function, onGrow: Function}} look
 * @returns {HTMLElement}
 */
export function bubble(message, look) {
  const mine = message.from === "person";
  const body = make("div", { class: "bubble" }, mine ? forReaders("You: ") : forReaders("Bot: "));
  if (message.media) body.append(media(message.media, look.onGrow, message.text));
  if (message.text) body.append(make("div", { class: "words" }, richText(message.html, look.onCommand)));
  body.append(meta(message, look));
  const article = make("article", { class: mine ? "message mine" : "message theirs", "data-id": message.id }, body);
  if (mine && message.text && !message.media) {
    const label = `Edit "${message.text.slice(0, 40)}"`;
    article.prepend(make("button", { type: "button", class: "edit plain", "aria-label": label, onclick: () => look.onEdit(message) }, "Edit"));
  }
  if (message.rows.length) article.append(keyboard(message, look));
  return article;
}

const forReaders = (text) => make("span", { class: "for-readers" }, text);

function meta(message, { zone }) {
  const instant = new Date(message.date);
  const parts = make("p", { class: "meta" });
  if (message.silent) parts.append(make("span", { title: "Arrived without a sound" }, "silent · "));
  if (message.edited) parts.append(make("span", { title: `Edited ${clock(new Date(message.edited), zone)}` }, "edited · "));
  parts.append(make("time", { datetime: message.date, title: `${day(instant, zone)} ${clock(instant, zone)}` }, clock(instant, zone)));
  return parts;
}

function media(thing, onGrow, caption) {
  switch (thing.kind) {
    case "photo": {
      const picture = make("img", { class: "photo", src: thing.url, alt: caption ? "Picture, described below" : "Picture", onload: onGrow });
      return make("a", { href: thing.url, target: "_blank", rel: "noopener", class: "photo-link" }, picture);
    }
    case "document":
      return make(
        "a",
        { class: "file", href: `${thing.url}?download=1`, download: thing.name },
        make("span", { class: "file-icon", "aria-hidden": "true" }, "↓"),
        make("span", {}, make("b", {}, thing.name), make("small", {}, size(thing.size))),
      );
    case "location":
      return make("p", { class: "other" }, `Location ${thing.latitude.toFixed(4)}, ${thing.longitude.toFixed(4)}`);
    case "sticker":
      return make("p", { class: "sticker" }, forReaders("Sticker "), thing.emoji);
    case "voice":
      return make("p", { class: "other" }, `Voice message, ${thing.seconds} s`);
    default:
      return make("p", { class: "other" }, "A message of a kind that this page doesn't show");
  }
}

function size(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function keyboard(message, look) {
  const rows = message.rows.map((row) =>
    make("div", { class: "row" }, ...row.map((button) => key(message.id, button, look))),
  );
  return make("div", { class: "keys", role: "group", "aria-label": "Answers" }, ...rows);
}

function key(messageId, button, look) {
  const style = STYLES.has(button.style) ? ` ${button.style}` : "";
  const href = button.data === null ? safeLink(button.url) : null;
  if (href) {
    return make("a", { class: `key${style}`, href, target: "_blank", rel: "noopener noreferrer" }, button.text, make("span", { "aria-hidden": "true" }, " ↗"));
  }
  return make(
    "button",
    {
      type: "button",
      class: `key${style}`,
      "data-press": button.data,
      "aria-busy": look.isWaiting(messageId, button.data) ? "true" : null,
      onclick: () => look.onTap(messageId, button.data),
    },
    button.text,
  );
}

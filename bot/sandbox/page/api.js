// What the page asks of the sandbox; the protocol stands at the top of bot/sandbox/page_api.py.

/** The sandbox refused something, or didn't answer (`status` 0). The message is one sentence. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { cache: "no-store", ...options });
  } catch {
    throw new Refused(0, "The sandbox isn't answering. Nothing was sent.");
  }
  const isJson = (response.headers.get("Content-Type") ?? "").startsWith("application/json");
  const body = isJson ? await response.json() : null;
  if (!response.ok) throw new Refused(response.status, body?.error ?? `The sandbox answered ${response.status}.`);
  return body;
}

const post = (path, body) =>
  ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

const ofPerson = (id, verb) => `/page-api/people/${encodeURIComponent(id)}/${verb}`;

export const people = async () => (await ask("/page-api/people")).people;
export const newPerson = async () => (await post("/page-api/people", {})).person;
export const say = (id, text) => post(ofPerson(id, "text"), { text });
export const tap = (id, messageId, data) => post(ofPerson(id, "tap"), { message_id: messageId, data });
export const edit = (id, messageId, text) => post(ofPerson(id, "edit"), { message_id: messageId, text });
export const shareLocation = (id, latitude, longitude) =>
  post(ofPerson(id, "location"), { latitude, longitude });
export const sendPhoto = (id, file) =>
  ask(ofPerson(id, "photo"), { method: "POST", headers: { "Content-Type": file.type }, body: file });
export const sendDocument = (id, file) =>
  ask(`${ofPerson(id, "document")}?name=${encodeURIComponent(file.name)}`, {
    method: "POST",
    headers: { "Content-Type": file.type || "application/octet-stream" },
    body: file,
  });
export const sendSticker = (id) => post(ofPerson(id, "sticker"), {});
export const sendVoice = (id) => post(ofPerson(id, "voice"), {});
export const block = (id, blocked) => post(ofPerson(id, "block"), { blocked });
export const time = (id) => ask(`/page-api/time?person=${encodeURIComponent(id)}`);
export const travel = (id, action) => post("/page-api/time", { action, person: id });
export const speed = (value) => post("/page-api/time", { action: "speed", speed: value });
export const traffic = () => new EventSource("/page-api/traffic");
export const events = (id) => new EventSource(ofPerson(id, "events"));

// The page's heart: who is chatting, the stream of events, and its reconnection when the sandbox restarts.
import * as api from "./api.js";
import { setUpBeside } from "./beside.js";
import { Chat } from "./chat.js";
import { Composer } from "./composer.js";
import { byId, make } from "./dom.js";
import { alertDialog, attempt, banner, toast } from "./notices.js";
import { TimeBar } from "./time_bar.js";
import { resumeTraffic, setUpTraffic } from "./traffic.js";

const FIRST_RETRY_MS = 300;
const LONGEST_RETRY_MS = 3_000;
const ACTION_MS = 5_000;

let person = null;
let shownPerson = null;
let boot = null;
let source = null;
let retry = FIRST_RETRY_MS;
let retryTimer = null;
let actionTimer = null;
let about = "sandbox bot";

const chat = new Chat({
  onTap,
  onEdit: (message) => composer.edit(message),
  onCommand: (command) => composer.say(command),
});
const composer = new Composer(() => person.id);
const timeBar = new TimeBar({ person: () => person.id, onZone: (zone) => chat.setZone(zone), forStory });

async function onTap(messageId, data) {
  if (chat.isWaiting(messageId, data)) return;
  chat.wait(messageId, data);
  const sent = await attempt(() => api.tap(person.id, messageId, data));
  if (!sent) chat.answered(messageId, data);
}

const HANDLERS = {
  snapshot(data) {
    retry = FIRST_RETRY_MS;
    banner(null);
    const restarted = boot !== null && boot !== data.boot;
    // A sandbox that was started again doesn't know a second patient: the chat on the screen goes on all the same.
    const samePerson = restarted || shownPerson === data.person.id;
    boot = data.boot;
    if (restarted) {
      chat.keepBefore();
      composer.forgetEditing();
    }
    resumeTraffic({ restarted });
    shownPerson = data.person.id;
    if (!samePerson) composer.stopEditing();
    showPerson(data.person);
    showBot(data.bot);
    chat.reset(data.messages, { samePerson });
    composer.setCommands(data.commands);
    composer.setKeyboard(data.keyboard);
    timeBar.refresh();
  },
  message({ message }) {
    chat.put(message);
    if (message.from === "bot") endAction();
    timeBar.refreshSoon();
  },
  deleted: (data) => chat.remove(data.message_id),
  toast(data) {
    chat.answered(data.message_id, data.data);
    if (data.text && data.alert) alertDialog(data.text);
    else if (data.text) toast(data.text);
    timeBar.refreshSoon();
  },
  keyboard: (data) => composer.setKeyboard(data.keyboard),
  commands: (data) => composer.setCommands(data.commands),
  bot: (data) => showBot(data.bot),
  action(data) {
    byId("subtitle").textContent = data.action === "typing" ? "typing…" : "sending…";
    clearTimeout(actionTimer);
    actionTimer = setTimeout(endAction, ACTION_MS);
  },
  person: (data) => showPerson(data.person),
  time: () => timeBar.refresh(), // by any page, so perhaps in another patient's zone: ask for ours
  progress: (data) => timeBar.progress(data),
};

function connect() {
  source?.close();
  clearTimeout(retryTimer);
  const stream = api.events(person.id);
  source = stream;
  for (const [name, handle] of Object.entries(HANDLERS)) {
    stream.addEventListener(name, (event) => source === stream && handle(JSON.parse(event.data)));
  }
  stream.addEventListener("error", () => source === stream && lost(stream));
}

function lost(stream) {
  stream.close();
  source = null;
  banner("The sandbox isn't answering. Trying again …");
  retryTimer = setTimeout(begin, retry);
  retry = Math.min(retry * 2, LONGEST_RETRY_MS);
}

/** Find out who there is, choose whom the address names, and listen. Also after every lost connection. */
async function begin() {
  const wanted = Number(location.hash.slice(1));
  try {
    let people = await api.people();
    if (!people.length) people = [await api.newPerson()];
    person = people.find(({ id }) => id === wanted) ?? people[0];
    drawPeople(people);
    history.replaceState(null, "", `#${person.id}`);
    connect();
  } catch (error) {
    banner(error.status ? error.message : "The sandbox isn't answering. Trying again …");
    retryTimer = setTimeout(begin, retry);
    retry = Math.min(retry * 2, LONGEST_RETRY_MS);
  }
}

/** Tell the story to somebody new, unless this chat is empty: a visitor's own patient isn't meddled with. */
async function forStory() {
  if (!chat.isEmpty) {
    person = await api.newPerson();
    choose(person.id);
  }
}

function drawPeople(people) {
  const seen = new Map();
  const options = people.map((each) => {
    const count = (seen.get(each.first_name) ?? 0) + 1;
    seen.set(each.first_name, count);
    const name = count === 1 ? each.first_name : `${each.first_name} ${count}`;
    return make("option", { value: each.id, selected: each.id === person.id }, name);
  });
  byId("person").replaceChildren(...options);
}

function choose(id) {
  clearTimeout(retryTimer);
  history.replaceState(null, "", `#${id}`);
  begin();
}

function showPerson(changed) {
  person = changed;
  byId("block").setAttribute("aria-pressed", String(changed.blocked));
  byId("block").textContent = changed.blocked ? "Unblock bot" : "Block bot";
}

function showBot(bot) {
  byId("bot-name").textContent = bot.name;
  byId("avatar").textContent = [...bot.name][0] ?? "?";
  byId("description").textContent = bot.description || bot.short_description || "";
  about = bot.username ? `@${bot.username} · sandbox` : "sandbox";
  document.title = `${bot.name} · sandbox`;
  endAction();
}

function endAction() {
  clearTimeout(actionTimer);
  byId("subtitle").textContent = about;
}

byId("person").addEventListener("change", (event) => choose(event.target.value));
byId("new-person").addEventListener("click", () => attempt(async () => choose((await api.newPerson()).id)));
byId("block").addEventListener("click", () => attempt(() => api.block(person.id, !person.blocked)));
setUpTraffic();
setUpBeside(() => person.id);
window.addEventListener("hashchange", () => person && location.hash !== `#${person.id}` && begin());

begin();

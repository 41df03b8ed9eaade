// Where the person writes: the text field, the command menu, attachments, and the reply keyboard.
import * as api from "./api.js";
import { byId, make } from "./dom.js";
import { askLocation, setUpLocation } from "./location.js";
import { attempt, toast } from "./notices.js";

const MAX_TEXT = 4096;
const SHOW_COUNT_FROM = 3800;
const MAX_PHOTO = 10 * 1024 * 1024;
const MAX_FILE = 20 * 1024 * 1024; // what Telegram lets a bot download

export class Composer {
  /** @param {() => number} person the id of the person who is speaking. */
  constructor(person) {
    this.person = person;
    this.commands = [];
    this.keyboard = null;
    this.editing = null;
    this.field = byId("text");
    this.#listen();
    this.#setUpPanels();
    setUpLocation((latitude, longitude) => this.#do(() => api.shareLocation(this.person(), latitude, longitude)));
  }

  setCommands(commands) {
    this.commands = commands;
    this.#drawCommands();
  }

  /** Show the reply keyboard, or take it away with null. */
  setKeyboard(keyboard) {
    this.keyboard = keyboard;
    byId("toggle-keyboard").hidden = keyboard === null;
    this.field.placeholder = keyboard?.placeholder ?? "Message";
    byId("keyboard").replaceChildren(...(keyboard?.rows ?? []).map((row) => this.#replyRow(row)));
    this.#showKeyboard(keyboard !== null);
  }

  /** Put a message of the person into the field to be changed. */
  edit(message) {
    this.editing = message.id;
    byId("editing").hidden = false;
    this.field.value = message.text;
    this.#grow();
    this.field.focus();
  }

  stopEditing() {
    if (this.editing === null) return;
    this.editing = null;
    byId("editing").hidden = true;
    this.field.value = "";
    this.#grow();
  }

  /** The message to be changed is gone; what was typed stays, as a new one. */
  forgetEditing() {
    this.editing = null;
    byId("editing").hidden = true;
  }

  say(text) {
    return this.#do(() => api.say(this.person(), text));
  }

  #do(action) {
    return attempt(action);
  }

  #listen() {
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.#send();
      } else if (event.key === "Escape") {
        this.stopEditing();
      }
    });
    this.field.addEventListener("input", () => {
      this.#grow();
      const slash = /^\/\w*$/.test(this.field.value);
      this.#drawCommands(slash ? this.field.value.slice(1) : "");
      if (slash || !this.field.value) this.#open("menu", slash && byId("commands").childElementCount > 0);
    });
    byId("stop-editing").addEventListener("click", () => this.stopEditing());
    byId("toggle-keyboard").addEventListener("click", () => this.#showKeyboard(byId("keyboard").hidden));
    byId("start").addEventListener("click", () => this.say("/start"));
  }

  async #send() {
    const text = this.field.value.trim();
    if (!text) return;
    const { editing } = this;
    this.field.value = "";
    this.stopEditing();
    this.#closePanels();
    this.#grow();
    const sent = editing === null ? await this.say(text) : await this.#do(() => api.edit(this.person(), editing, text));
    if (!sent && !this.field.value) {
      this.field.value = text; // nothing that was typed is lost
      this.#grow();
    }
  }

  #grow() {
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
    const length = this.field.value.length;
    byId("count").hidden = length < SHOW_COUNT_FROM;
    byId("count").textContent = `${length} of ${MAX_TEXT}`;
  }

  #setUpPanels() {
    const toggles = ["menu", "attach"];
    for (const id of toggles) byId(id).addEventListener("click", () => this.#toggle(id));
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      const open = toggles.find((id) => this.#isOpen(id));
      if (open) byId(open).focus();
      this.#closePanels();
    });
    document.addEventListener("click", (event) => {
      if (!event.target.closest(".panel, #menu, #attach")) this.#closePanels();
    });
    const attachments = {
      location: askLocation,
      photo: () => byId("photo").click(),
      document: () => byId("document").click(),
      sticker: () => this.#do(() => api.sendSticker(this.person())),
      voice: () => this.#do(() => api.sendVoice(this.person())),
    };
    for (const [name, action] of Object.entries(attachments)) {
      byId(`attach-${name}`).addEventListener("click", () => {
        this.#closePanels();
        action();
      });
    }
    byId("photo").addEventListener("change", () => this.#sendFile("photo", MAX_PHOTO, api.sendPhoto));
    byId("document").addEventListener("change", () => this.#sendFile("document", MAX_FILE, api.sendDocument));
  }

  async #sendFile(field, largest, send) {
    const [file] = byId(field).files;
    byId(field).value = "";
    if (file && file.size > largest) toast(`The file is larger than ${largest / 1024 / 1024} MB.`);
    else if (file) await this.#do(() => send(this.person(), file));
  }

  #isOpen(id) {
    return byId(id).getAttribute("aria-expanded") === "true";
  }

  /** The panel stands above the field, so before its button: without this, Tab would lead past it. */
  #toggle(id) {
    const open = !this.#isOpen(id);
    this.#open(id, open);
    if (open) byId(byId(id).getAttribute("aria-controls")).querySelector("button")?.focus();
  }

  #open(id, open) {
    this.#closePanels();
    byId(id).setAttribute("aria-expanded", String(open));
    byId(byId(id).getAttribute("aria-controls")).hidden = !open;
    if (open && id === "menu" && !this.field.value) this.#drawCommands();
  }

  #closePanels() {
    for (const id of ["menu", "attach"]) {
      byId(id).setAttribute("aria-expanded", "false");
      byId(byId(id).getAttribute("aria-controls")).hidden = true;
    }
  }

  #drawCommands(beginning = "") {
    const fitting = this.commands.filter(({ command }) => command.startsWith(beginning.toLowerCase()));
    const rows = fitting.map(({ command, description }) =>
      make("button", { type: "button", onclick: () => this.#command(command) }, make("b", {}, `/${command}`), ` ${description}`),
    );
    const none = make("p", {}, "The bot has told no commands yet. Type /start.");
    byId("commands").replaceChildren(...(rows.length || beginning ? rows : [none]));
  }

  #command(command) {
    this.#closePanels();
    if (this.field.value.startsWith("/")) {
      this.field.value = "";
      this.#grow();
    }
    this.say(`/${command}`);
    this.field.focus();
  }

  #replyRow(row) {
    const keys = row.map((key) => make("button", { type: "button", onclick: () => this.#replyKey(key) }, key.text));
    return make("div", { class: "row" }, ...keys);
  }

  #replyKey(key) {
    if (key.request === "contact") {
      toast("The sandbox has no phone numbers to share.");
      return;
    }
    if (key.request === "location") askLocation();
    else this.say(key.text);
    if (this.keyboard?.one_time && key.request === null) this.#showKeyboard(false);
  }

  #showKeyboard(show) {
    byId("keyboard").hidden = !show;
    byId("toggle-keyboard").setAttribute("aria-expanded", String(show));
  }
}

// The time bar: the patient's clock, the next message, and journeys in time with their progress.
import * as api from "./api.js";
import { isBeside } from "./beside.js";
import { byId, isOff, setOff } from "./dom.js";
import { attempt, toast } from "./notices.js";
import { clock, day, until } from "./wall_time.js";

const LABELS = { next: "next message", hour: "one hour", day: "one day", week: "a week", history: "90 days", story: "three months" };
const ASK_AGAIN_MS = 250;

export class TimeBar {
  /** @param {{person: () => number, onZone: (zone: string | null) => void, forStory: () => Promise<void>}} doors */
  constructor(doors) {
    this.doors = doors;
    this.time = null;
    this.received = 0;
    this.asking = null;
    this.busy = false;
    this.buttons = [...byId("travel").querySelectorAll("button")];
    for (const button of this.buttons) {
      button.addEventListener("click", () => !isOff(button) && this.#travel(button.dataset.action));
    }
    byId("journey-stop").addEventListener("click", () => this.#stop());
    byId("watch").addEventListener("click", () => !this.busy && this.#travel("story"));
    byId("speed").addEventListener("change", () => attempt(() => api.speed(Number(byId("speed").value))));
    setInterval(() => this.#tick(), 1_000);
  }

  /** Take over TIME of the protocol. */
  set(time) {
    this.time = time;
    this.received = performance.now();
    byId("time-bar").hidden = !time.available || isBeside;
    byId("speed").value = String(time.speed);
    if (time.journey) this.#showJourney(time.journey);
    byId("zone").textContent = time.zone ? time.zone.replaceAll("_", " ") : "UTC, no zone chosen yet";
    this.#setBusy(time.busy);
    this.doors.onZone(time.zone);
    this.#tick();
  }

  /** Ask for the time soon: something happened that may have changed the next message or the zone. */
  refreshSoon() {
    if (this.asking) return;
    this.asking = setTimeout(() => {
      this.asking = null;
      this.refresh();
    }, ASK_AGAIN_MS);
  }

  async refresh() {
    const person = this.doors.person();
    const time = await api.time(person).catch(() => null);
    if (time && person === this.doors.person()) this.set(time);
  }

  /** Show how far a journey is. */
  progress({ done, error, ...journey }) {
    if (error) toast(error);
    if (done && journey.action === "story" && journey.person === this.doors.person()) this.#handOver();
    this.#setBusy(!done);
    if (done) this.refresh();
    else this.#showJourney(journey);
  }

  #showJourney({ action, share, label }) {
    const story = action === "story";
    byId("journey-share").value = share;
    byId("journey-label").textContent = label || `To ${LABELS[action] ?? action}…`;
    byId("pace").hidden = !story;
    byId("journey-stop").textContent = story ? "Stop and take over" : "Stop";
  }

  #stop() {
    byId("journey-label").textContent = "Stopping…";
    return attempt(() => api.travel(this.doors.person(), "stop"));
  }

  /** Whoever stopped the story by keyboard stands on a button that goes away. */
  #handOver() {
    toast("The chat is yours now: tap any answer, or type.");
    if (document.activeElement === byId("journey-stop")) byId("text").focus();
  }

  async #travel(action) {
    this.#setBusy(true);
    if (action === "story") await attempt(() => this.doors.forStory());
    this.#showJourney({ action, share: 0, label: "" });
    if (action !== "story") byId("journey-share").removeAttribute("value");
    const started = await attempt(() => api.travel(this.doors.person(), action));
    if (!started) this.refresh();
  }

  #setBusy(busy) {
    this.busy = busy;
    byId("journey").hidden = !busy;
    const nothingNext = this.time !== null && this.time.next_message === null;
    for (const button of this.buttons) setOff(button, busy || (button.dataset.action === "next" && nothingNext));
  }

  #tick() {
    if (!this.time) return;
    const now = new Date(Date.parse(this.time.now) + performance.now() - this.received);
    const { zone } = this.time;
    const words = `${day(now, zone)} ${clock(now, zone)}`;
    if (byId("now").textContent !== words) byId("now").textContent = words;
    byId("now").dateTime = now.toISOString();
    const next = this.#nextWords(now, zone);
    if (byId("next").textContent !== next) byId("next").textContent = next;
  }

  #nextWords(now, zone) {
    if (!this.time.next_message) return "No message planned yet";
    const next = new Date(this.time.next_message);
    if (next < now) return "Next message: any moment";
    const sameDay = day(next, zone) === day(now, zone);
    const at = sameDay ? clock(next, zone) : `${day(next, zone)} ${clock(next, zone)}`;
    return `Next message ${at} (${until(next - now)})`;
  }
}

// The dialog that shares a location: typed in, or one of a few cities. The browser's own place is never asked.
import { byId, make } from "./dom.js";

const CITIES = [
  ["Lisbon", 38.7223, -9.1393],
  ["London", 51.5074, -0.1278],
  ["Berlin", 52.52, 13.405],
  ["New York", 40.7128, -74.006],
  ["Santiago", -33.4489, -70.6693],
  ["Cairo", 30.0444, 31.2357],
  ["Kathmandu", 27.7172, 85.324],
  ["Sydney", -33.8688, 151.2093],
  ["Apia", -13.8333, -171.7667],
];

/** @param {(latitude: number, longitude: number) => void} onSend */
export function setUpLocation(onSend) {
  const dialog = byId("location");
  const presets = CITIES.map(([name, latitude, longitude]) =>
    make("button", { type: "button", onclick: () => send(latitude, longitude) }, name),
  );
  byId("presets").append(...presets);
  byId("location-cancel").addEventListener("click", () => dialog.close());
  byId("location-form").addEventListener("submit", (event) => {
    event.preventDefault();
    send(byId("latitude").valueAsNumber, byId("longitude").valueAsNumber);
  });

  function send(latitude, longitude) {
    dialog.close();
    onSend(latitude, longitude);
  }
}

/** Ask which location to share. */
export const askLocation = () => byId("location").showModal();

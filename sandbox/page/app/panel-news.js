/** What the bot says while things are made to happen, in whichever space: the newest at the top, a press away. */

import { el } from "./dom.js";
import { timeOfDay } from "./format.js";

const MOST_SHOWN = 3;
const LINES = 3;

/**
 * @param {import("./store.js").Store} store
 * @param {(roomId: string) => void} onOpen
 */
export function botNews(store, onOpen) {
  const list = el("ul", { class: "news-list" });
  const nothing = el("p", { class: "panel-note" }, "What it says in any of your spaces appears here.");
  store.addEventListener("message", ({ detail: { message, live } }) => {
    if (!live || !store.isBots(message)) return;
    nothing.remove();
    list.prepend(newsItem(message, store, onOpen));
    if (list.childElementCount > MOST_SHOWN) list.lastElementChild.remove();
  });
  return el(
    "section",
    { class: "news", "aria-label": `What ${store.bot.displayName} says`, dataset: { testid: "bot-news" } },
    el("h3", {}, `${store.bot.displayName} says`),
    nothing,
    el("div", { "aria-live": "polite" }, list),
  );
}

function newsItem(message, store, onOpen) {
  const room = store.rooms.get(message.roomId);
  const lines = (message.text ?? "").split("\n").filter((line) => line.trim());
  const words = lines.slice(0, LINES).join(" · ") || "sent a file";
  return el(
    "li",
    {},
    el(
      "button",
      { type: "button", class: "news-item", dataset: { testid: "news" }, onclick: () => onOpen(message.roomId) },
      el("span", { class: "news-words" }, words),
      el("span", { class: "news-where" }, `${room?.title ?? ""} · ${timeOfDay(message.created)}`),
    ),
  );
}

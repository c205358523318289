/** The list of spaces. */

import { avatar } from "./avatar.js";
import { el, oncePerFrame } from "./dom.js";
import { fullTime, listTime } from "./format.js";

/**
 * @param {import("./store.js").Store} store
 * @param {{onOpen: (roomId: string) => void, onMessageBot: () => void}} actions
 * @returns {{element: HTMLElement, select: (roomId: string|null) => void, focus: () => void}}
 */
export function roomList(store, { onOpen, onMessageBot }) {
  let selected = null;
  const list = el("ul", { class: "room-list" });
  const element = el("nav", { class: "rooms", "aria-label": "Spaces" }, list);

  const draw = () => {
    const focused = document.activeElement?.dataset.roomId;
    const items = store.roomsByActivity().map((room) => el("li", {}, roomButton(room)));
    if (!store.directRoomWithBot()) items.unshift(el("li", {}, messageBotButton()));
    list.replaceChildren(...items);
    if (focused) list.querySelector(`[data-room-id="${CSS.escape(focused)}"]`)?.focus();
  };

  const roomButton = (room) => {
    const latest = store.log(room.id).latest;
    const unread = store.unread(room.id);
    const { bot } = store;
    const withBot = room.type === "direct" && store.partner(room.id)?.personId === bot.personId;
    return el(
      "button",
      {
        type: "button",
        class: `room ${unread ? "room-unread" : ""}`,
        "aria-current": room.id === selected ? "true" : null,
        dataset: { testid: "room", roomId: room.id, roomTitle: room.title },
        onclick: () => onOpen(room.id),
      },
      avatar(room.title, { bot: withBot, group: room.type === "group" }),
      el(
        "span",
        { class: "room-words" },
        el("span", { class: "room-title" }, room.title),
        el("span", { class: "room-preview" }, latest ? preview(latest) : "No messages yet"),
      ),
      el(
        "span",
        { class: "room-side" },
        latest &&
          el(
            "time",
            { dateTime: latest.created, title: fullTime(latest.created) },
            listTime(latest.created, store.now()),
          ),
        unread > 0 && unreadBadge(unread),
      ),
    );
  };

  const preview = (message) => {
    const who = store.isMine(message) ? "You" : store.nameOf(message).split(" ")[0];
    return `${who}: ${store.commandOf(message).split("\n")[0] || "sent a file"}`;
  };

  const messageBotButton = () =>
    el(
      "button",
      {
        type: "button",
        class: "room",
        "aria-current": selected === null ? "true" : null,
        dataset: { testid: "message-bot" },
        onclick: onMessageBot,
      },
      avatar(store.bot.displayName, { bot: true }),
      el(
        "span",
        { class: "room-words" },
        el("span", { class: "room-title" }, `Message ${store.bot.displayName}`),
        el("span", { class: "room-preview" }, "Start a conversation, only you and the bot"),
      ),
    );

  store.addEventListener("rooms", oncePerFrame(draw));
  store.addEventListener("members", oncePerFrame(draw));
  store.addEventListener("clock", oncePerFrame(draw));
  return {
    element,
    select(roomId) {
      selected = roomId;
      draw();
    },
    focus: () => list.querySelector("[aria-current]")?.focus(),
  };
}

const unreadBadge = (count) =>
  el(
    "span",
    { class: "unread", dataset: { testid: "unread" } },
    count > 99 ? "99+" : String(count),
    el("span", { class: "visually-hidden" }, " unread"),
  );

/** The middle of the page: one space with its head, its messages and the field to write in. */

import { avatar } from "./avatar.js";
import { Composer } from "./composer.js";
import { el, iconButton, oncePerFrame } from "./dom.js";
import { icon } from "./icons.js";
import { memberButton } from "./members.js";
import { RoomView } from "./room-view.js";

function welcome(botName) {
  return el(
    "div",
    { class: "welcome", hidden: true },
    avatar(botName, { bot: true, size: "large" }),
    el("p", { class: "welcome-title" }, `Ask ${botName}`),
    el("p", {}, "Customers, subscriptions, trials and licences: ask, and be told when something changes."),
  );
}

export class Conversation {
  #session;
  #store;
  #views = new Map();
  #roomId = null;

  /**
   * @param {import("./session.js").Session} session
   * @param {{onBack: () => void, onOpen: (roomId: string) => void, tools: Node[]}} surroundings
   */
  constructor(session, { onBack, onOpen, tools }) {
    this.#session = session;
    this.#store = session.store;
    this.title = el("div", { class: "conversation-title" });
    this.side = el("div", { class: "conversation-side" });
    this.place = el("div", { class: "log-place" });
    this.welcome = welcome(this.#store.bot.displayName);
    this.connection = el("p", { class: "connection", role: "status", hidden: true });
    this.announcer = el("div", { class: "visually-hidden", "aria-live": "polite", dataset: { testid: "announcer" } });
    this.composer = new Composer(session, { onOpened: onOpen });
    this.element = el(
      "main",
      { class: "conversation", "aria-label": "Conversation" },
      el(
        "header",
        { class: "conversation-head" },
        iconButton("Back to spaces", icon("back"), {
          class: "back-button",
          onclick: onBack,
          dataset: { testid: "back" },
        }),
        this.title,
        this.side,
        ...tools,
      ),
      this.connection,
      this.welcome,
      this.place,
      this.composer.element,
      this.announcer,
    );
    this.#follow();
  }

  /** Show a space, or with null the beginning of a conversation with the bot. */
  open(roomId) {
    this.#roomId = roomId;
    this.#drawHead();
    const view = roomId ? this.#view(roomId) : null;
    this.place.replaceChildren(view ? view.element : "");
    this.composer.enter(roomId);
    this.#drawEmptiness();
    if (view?.scroll.atEnd) view.scroll.toEnd();
    this.#read();
  }

  #view(roomId) {
    if (!this.#views.has(roomId)) {
      const actions = { onReply: (message) => this.composer.replyTo(message), onRead: () => this.#read() };
      this.#views.set(roomId, new RoomView(roomId, this.#session, actions));
    }
    return this.#views.get(roomId);
  }

  #follow() {
    const store = this.#store;
    store.addEventListener("message", ({ detail }) => {
      this.#views.get(detail.message.roomId)?.apply(detail);
      if (detail.message.roomId === this.#roomId) this.#changed(detail);
    });
    const drawHead = oncePerFrame(() => this.#drawHead());
    store.addEventListener("members", () => {
      drawHead();
      this.#drawEmptiness();
    });
    store.addEventListener("rooms", drawHead);
    store.addEventListener("clock", () => this.#views.forEach((view) => view.renameDays()));
    store.addEventListener("connection", ({ detail: { up } }) => {
      this.connection.hidden = up;
      this.connection.textContent = up ? "" : "Connection lost. Reconnecting…";
    });
    document.addEventListener("visibilitychange", () => this.#read());
  }

  #changed({ message, live }) {
    this.#drawEmptiness();
    this.#read();
    if (live && !this.#store.isMine(message)) {
      this.announcer.textContent = `${this.#store.nameOf(message)}: ${message.text ?? "sent a file"}`;
    }
  }

  #read = oncePerFrame(() => {
    const view = this.#views.get(this.#roomId);
    if (view?.atEnd && !document.hidden && this.element.offsetParent !== null) this.#store.markRead(this.#roomId);
  });

  #drawEmptiness() {
    const empty = !this.#roomId || this.#store.log(this.#roomId).messages.size === 0;
    this.welcome.hidden = !empty;
    this.composer.suggest(empty);
  }

  #drawHead() {
    const { bot } = this.#store;
    const room = this.#store.rooms.get(this.#roomId) ?? { title: bot.displayName, type: "direct" };
    const isGroup = room.type === "group";
    const withBot = !isGroup && (!this.#roomId || this.#store.hasBot(this.#roomId));
    this.title.replaceChildren(
      avatar(room.title, { bot: withBot, group: isGroup }),
      el("h1", { class: "conversation-name", dataset: { testid: "conversation-title" } }, room.title),
      withBot ? el("span", { class: "label" }, "Bot") : "",
    );
    if (!this.side.contains(document.activeElement)) {
      this.side.replaceChildren(...(isGroup ? [memberButton(this.#store, room.id)] : []));
    }
  }
}

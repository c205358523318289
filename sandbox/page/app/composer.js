/** The field to write in: Enter sends, Shift+Enter makes a new line, `@` offers members, files can be dropped. */

import { el, iconButton } from "./dom.js";
import { fileSize } from "./format.js";
import { icon } from "./icons.js";
import { MentionList, withMentions } from "./mentions.js";
import { toast } from "./toasts.js";

const SUGGESTIONS = ["help", "expiring 30", "kpis", "customers status:suspended"];

export class Composer {
  #session;
  #onOpened;
  #roomId = null;
  #parent = null;
  #file = null;
  #recalled = -1;
  #drafts = new Map();

  /**
   * @param {import("./session.js").Session} session
   * @param {{onOpened: (roomId: string) => void}} actions `onOpened`: the first message to the bot made a space
   */
  constructor(session, { onOpened }) {
    this.#session = session;
    this.#onOpened = onOpened;
    this.#build();
    session.store.addEventListener("members", ({ detail }) => detail.roomId === this.#roomId && this.#membersChanged());
  }

  /** Write into another space; null is the bot, before there is a space with it. What was begun is kept. */
  enter(roomId) {
    this.#drafts.set(this.#roomId, this.field.value);
    this.#roomId = roomId;
    this.field.value = this.#drafts.get(roomId) ?? "";
    const { store } = this.#session;
    const title = roomId ? store.rooms.get(roomId)?.title : store.bot.displayName;
    this.field.placeholder = `Write a message to ${title}`;
    this.replyTo(null, { focus: false });
    this.#attach(null);
    this.#membersChanged();
    this.#fit();
  }

  /** Let the next message go into the thread of this one; null: no thread. */
  replyTo(message, { focus = true } = {}) {
    this.#parent = message ? (message.parentId ?? message.id) : null;
    this.replyLine.hidden = !message;
    this.replyWords.textContent = (message?.text ?? "").split("\n")[0];
    if (focus) this.field.focus();
  }

  /** Offer a few commands, or not. */
  suggest(wanted) {
    this.suggestions.hidden = !wanted || !this.#botHears;
  }

  #build() {
    this.field = el("textarea", {
      class: "field",
      id: "message-field",
      rows: 1,
      "aria-label": "Message",
      dataset: { testid: "composer" },
      oninput: () => this.#typed(),
      onkeydown: (event) => this.#key(event),
      onpaste: ({ clipboardData }) => clipboardData.files.length && this.#attach(clipboardData.files[0]),
    });
    this.mentions = new MentionList(this.field);
    this.replyWords = el("span", { class: "reply-words" });
    this.replyLine = el(
      "div",
      { class: "reply-line", hidden: true, dataset: { testid: "reply-line" } },
      icon("reply"),
      el("span", { class: "reply-label" }, "Replying in thread"),
      this.replyWords,
      iconButton("Leave the thread", icon("close"), { onclick: () => this.replyTo(null), dataset: { testid: "reply-cancel" } }),
    );
    this.fileLine = el("div", { class: "attached", hidden: true, dataset: { testid: "attached" } });
    this.picker = el("input", {
      type: "file",
      hidden: true,
      dataset: { testid: "file-input" },
      onchange: () => {
        if (this.picker.files.length) this.#attach(this.picker.files[0]);
        this.picker.value = "";
      },
    });
    const { bot } = this.#session.store;
    this.toBot = el(
      "button",
      {
        type: "button",
        class: "chip",
        "aria-pressed": "true",
        title: `When on, ${bot.displayName} gets the message as a command`,
        dataset: { testid: "to-bot" },
        onclick: () => {
          this.toBot.setAttribute("aria-pressed", String(!this.#isToBot));
          this.field.focus();
        },
      },
      icon("check"),
      `to @${bot.displayName}`,
    );
    this.sendButton = iconButton("Send", icon("send"), {
      class: "send-button",
      disabled: true,
      onclick: () => this.#send(),
      dataset: { testid: "send" },
    });
    this.suggestions = el(
      "div",
      { class: "suggestions", hidden: true, role: "group", "aria-label": "Things to ask" },
      ...SUGGESTIONS.map((command) =>
        el(
          "button",
          { type: "button", class: "chip", dataset: { testid: "suggestion" }, onclick: () => this.#say(command) },
          command,
        ),
      ),
    );
    const box = el(
      "div",
      { class: "composer-box" },
      this.replyLine,
      this.fileLine,
      this.field,
      el(
        "div",
        { class: "composer-tools" },
        iconButton("Attach a file", icon("attach"), { onclick: () => this.picker.click(), dataset: { testid: "attach" } }),
        this.toBot,
        el("span", { class: "composer-gap" }),
        this.sendButton,
      ),
      this.mentions.element,
      this.picker,
    );
    this.element = el("footer", { class: "composer", "aria-label": "Write a message" }, this.suggestions, box);
    acceptDrops(box, (file) => this.#attach(file));
  }

  get #isToBot() {
    return !this.toBot.hidden && this.toBot.getAttribute("aria-pressed") === "true";
  }

  get #botHears() {
    return !this.#roomId || this.#session.store.hasBot(this.#roomId);
  }

  #membersChanged() {
    const { store } = this.#session;
    const isGroup = store.rooms.get(this.#roomId)?.type === "group";
    this.toBot.hidden = !isGroup || !store.hasBot(this.#roomId);
    this.mentions.setMembers(isGroup ? store.members(this.#roomId).filter(({ personId }) => personId !== store.me.personId) : []);
  }

  #attach(file) {
    this.#file = file;
    this.fileLine.hidden = !file;
    if (file) {
      this.fileLine.replaceChildren(
        icon("file"),
        el("span", { class: "file-name" }, file.name),
        el("span", { class: "file-size" }, fileSize(file.size)),
        iconButton("Remove the file", icon("close"), { onclick: () => this.#attach(null) }),
      );
      this.field.focus();
    }
    this.#allowSending();
  }

  #typed() {
    this.#recalled = -1;
    this.#fit();
  }

  #fit() {
    const { style } = this.field;
    style.height = "auto";
    // Out of sight on a phone the field has no height to measure.
    if (this.field.scrollHeight) style.height = `${this.field.scrollHeight}px`;
    this.#allowSending();
  }

  #allowSending() {
    this.sendButton.disabled = !this.field.value.trim() && !this.#file;
  }

  #key(event) {
    if (this.mentions.take(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.#send();
    } else if (event.key === "Escape" && this.#parent) {
      this.replyTo(null);
    } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      this.#recall(event);
    }
  }

  /** Own earlier messages come back with the arrow keys, as in a terminal, while nothing else is typed. */
  #recall(event) {
    if (this.field.value && this.#recalled < 0) return;
    const commands = this.#ownCommands();
    const wanted = this.#recalled + (event.key === "ArrowUp" ? 1 : -1);
    if (wanted >= commands.length || wanted < -1) return;
    event.preventDefault();
    this.field.value = commands[wanted] ?? "";
    this.#fit();
    this.#recalled = wanted;
  }

  #ownCommands() {
    const { store } = this.#session;
    const messages = this.#roomId ? [...store.log(this.#roomId).messages.values()] : [];
    const newestFirst = messages
      .filter((message) => store.isMine(message) && message.text && !message.files)
      .sort((one, other) => (one.created < other.created ? 1 : -1))
      .map((message) => store.commandOf(message));
    return [...new Set(newestFirst)];
  }

  async #send() {
    const text = this.field.value.trim();
    const file = this.#file;
    if (!text && !file) return;
    const parentId = this.#parent;
    this.field.value = "";
    this.#recalled = -1;
    this.#attach(null);
    this.replyTo(null);
    this.#fit();
    await this.#say(text, { parentId, file });
  }

  async #say(text, { parentId = null, file = null } = {}) {
    const { store } = this.#session;
    const members = this.#roomId ? store.members(this.#roomId) : [];
    const addressee = this.#isToBot ? members.find(({ personId }) => personId === store.bot.personId) : null;
    const markdown = this.toBot.hidden && !text.includes("@") ? null : withMentions(text, members, addressee);
    const where = this.#roomId ? { roomId: this.#roomId } : { toPersonEmail: store.bot.email };
    this.field.focus();
    try {
      const message = await this.#session.send(where, { text, markdown, parentId }, file);
      if (message && !where.roomId) this.#onOpened(message.roomId);
    } catch (error) {
      this.field.value = text;
      this.#fit();
      toast(`Not sent. ${error.message}`, { bad: true });
    }
  }
}

/** Let a file be dropped on the box. */
function acceptDrops(box, onFile) {
  const hover = (on) => (event) => {
    event.preventDefault();
    box.classList.toggle("is-dropping", on);
  };
  box.addEventListener("dragover", hover(true));
  box.addEventListener("dragleave", hover(false));
  box.addEventListener("drop", (event) => {
    hover(false)(event);
    if (event.dataTransfer.files.length) onFile(event.dataTransfer.files[0]);
  });
}

/** The field to write in: Enter sends, Shift+Enter makes a new line, `@` offers members, files can be dropped. */

import { Attachment } from "./attachment.js";
import { el, iconButton } from "./dom.js";
import { icon } from "./icons.js";
import { MentionList, withMentions } from "./mentions.js";
import { Recall } from "./recall.js";
import { toast } from "./toasts.js";

const SUGGESTIONS = ["help", "expiring 30", "kpis", "customers status:suspended"];

export class Composer {
  #session;
  #onOpened;
  #roomId = null;
  #parent = null;
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
    const title = store.rooms.get(roomId)?.title ?? store.bot.displayName;
    this.field.placeholder = `Write a message to ${title}`;
    this.replyTo(null, { focus: false });
    this.attachment.set(null);
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
    });
    this.mentions = new MentionList(this.field);
    this.recall = new Recall(this.field, () => this.#ownCommands());
    this.attachment = new Attachment(() => {
      this.#allowSending();
      if (this.attachment.file) this.field.focus();
    });
    this.replyWords = el("span", { class: "reply-words" });
    this.replyLine = el(
      "div",
      { class: "reply-line", hidden: true, dataset: { testid: "reply-line" } },
      icon("reply"),
      el("span", { class: "reply-label" }, "Replying in thread"),
      this.replyWords,
      iconButton("Leave the thread", icon("close"), {
        onclick: () => this.replyTo(null),
        dataset: { testid: "reply-cancel" },
      }),
    );
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
      this.attachment.line,
      this.field,
      el(
        "div",
        { class: "composer-tools" },
        this.attachment.button,
        this.toBot,
        el("span", { class: "composer-gap" }),
        this.sendButton,
      ),
      this.mentions.element,
      this.attachment.picker,
    );
    this.element = el("footer", { class: "composer", "aria-label": "Write a message" }, this.suggestions, box);
    this.attachment.acceptIn(box);
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
    this.mentions.setMembers(
      isGroup ? store.members(this.#roomId).filter(({ personId }) => personId !== store.me.personId) : [],
    );
  }

  #typed() {
    this.recall.reset();
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
    this.sendButton.disabled = !this.field.value.trim() && !this.attachment.file;
  }

  #key(event) {
    if (this.mentions.take(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.#send();
    } else if (event.key === "Escape" && this.#parent) {
      this.replyTo(null);
    } else if (this.recall.take(event)) {
      this.#fit();
    }
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
    const { file } = this.attachment;
    if (!text && !file) return;
    const parentId = this.#parent;
    this.field.value = "";
    this.recall.reset();
    this.attachment.set(null);
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

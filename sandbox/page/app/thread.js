/** A thread: a message with its replies under it. A message without replies is a thread of one. */

import { el } from "./dom.js";
import { counted } from "./format.js";
import { icon } from "./icons.js";
import { drawMessage } from "./message.js";
import { insertSorted, markRun } from "./sequence.js";

const REPLIES_SHOWN = 4;

export class Thread {
  #context;
  #root = null;
  #replies = new Map();
  #folded = false;
  #allShown = false;

  /** @param {string} id of the first message @param {object} context see `drawMessage` */
  constructor(id, context) {
    this.id = id;
    this.#context = context;
    this.rootPlace = el("div", { class: "thread-root" }, this.#missingRoot());
    this.fold = el("button", {
      type: "button",
      class: "thread-line",
      dataset: { testid: "thread-toggle" },
      onclick: () => this.#setFolded(!this.#folded),
    });
    this.earlier = el("button", {
      type: "button",
      class: "thread-line",
      dataset: { testid: "thread-earlier" },
      onclick: () => this.#showAll(),
    });
    this.list = el("div", { class: "thread-replies" });
    this.answer = el(
      "button",
      {
        type: "button",
        class: "thread-line thread-answer",
        dataset: { testid: "reply-thread" },
        onclick: () => this.#reply(),
      },
      icon("reply"),
      "Reply in thread",
    );
    this.more = el("div", { class: "thread-more", hidden: true }, this.fold, this.earlier, this.list, this.answer);
    this.element = el(
      "article",
      { class: "thread", dataset: { testid: "thread", thread: id } },
      this.rootPlace,
      this.more,
    );
  }

  /** When it began: of the first message or, as long as that is unknown, of the first reply. */
  get created() {
    return this.element.dataset.created ?? "";
  }

  get isEmpty() {
    return !this.#root && this.#replies.size === 0;
  }

  /** Show a message of this thread, new or changed. */
  put(message) {
    const drawn = drawMessage(message, this.#context);
    if (message.id === this.id) {
      this.#root = message;
      this.rootPlace.replaceChildren(drawn);
    } else {
      this.#replies.get(message.id)?.remove();
      this.#replies.set(message.id, drawn);
      insertSorted(this.list, drawn);
      markRun(drawn);
    }
    this.#refresh();
    return drawn;
  }

  /** Take a message away. */
  drop(messageId) {
    if (messageId === this.id) {
      this.#root = null;
      this.rootPlace.replaceChildren(el("p", { class: "thread-missing" }, "This message was deleted"));
    } else {
      const gone = this.#replies.get(messageId);
      const next = gone?.nextElementSibling;
      gone?.remove();
      this.#replies.delete(messageId);
      if (next) markRun(next);
    }
    this.#refresh();
  }

  #refresh() {
    const count = this.#replies.size;
    const hiddenCount = this.#allShown ? 0 : Math.max(0, count - REPLIES_SHOWN);
    this.element.dataset.created = this.#root?.created ?? this.list.firstElementChild?.dataset.created ?? "";
    this.element.classList.toggle("has-replies", count > 0);
    this.more.hidden = count === 0;
    this.fold.hidden = count < 2;
    this.fold.replaceChildren(icon("chevron"), counted(count, "reply", "replies"));
    this.fold.setAttribute("aria-expanded", String(!this.#folded));
    this.earlier.hidden = this.#folded || hiddenCount === 0;
    this.earlier.textContent = `Show ${counted(hiddenCount, "earlier reply", "earlier replies")}`;
    this.list.hidden = this.#folded;
    this.answer.hidden = this.#folded;
    [...this.list.children].forEach((reply, at) => (reply.hidden = at < hiddenCount));
  }

  #setFolded(folded) {
    this.#folded = folded;
    this.#refresh();
  }

  #showAll() {
    this.#allShown = true;
    this.#refresh();
    this.list.firstElementChild?.querySelector("button, a")?.focus({ preventScroll: true });
  }

  #reply() {
    this.#context.onReply(this.#root ?? { id: this.id, text: "" });
  }

  #missingRoot() {
    return el("p", { class: "thread-missing" }, "Reply to an earlier message");
  }
}

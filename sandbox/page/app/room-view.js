/** What was said in one space, grouped by day and thread, followed live. */

import { el, oncePerFrame } from "./dom.js";
import { counted, dayKey, dayName } from "./format.js";
import { icon } from "./icons.js";
import { Scroll } from "./scroll.js";
import { insertSorted, markRun } from "./sequence.js";
import { Thread } from "./thread.js";

const LOAD_AHEAD = "600px 0px 0px 0px";

export class RoomView {
  #session;
  #context;
  #threads = new Map();
  #days = new Map();
  #arrivals = [];
  #unseen = [];
  #loading = false;

  /**
   * @param {string} roomId
   * @param {import("./session.js").Session} session
   * @param {{onReply: (message: object) => void, onRead: () => void}} actions
   */
  constructor(roomId, session, { onReply, onRead }) {
    this.roomId = roomId;
    this.#session = session;
    this.#context = { session, onReply };
    this.older = el("div", { class: "older", role: "status" });
    this.days = el("div", { class: "days" });
    this.pill = el("button", { type: "button", class: "pill", hidden: true, dataset: { testid: "new-messages" } });
    this.pill.addEventListener("click", () => this.#showUnseen());
    const content = el("div", { class: "log-content" }, this.older, this.days);
    this.box = el("div", { class: "log", tabIndex: 0, role: "region", "aria-label": "Messages" }, content);
    this.element = el("div", { class: "room-view" }, this.box, this.pill);
    this.scroll = new Scroll(this.box, content, () => {
      this.#forgetSeen();
      onRead();
    });
    for (const message of session.store.log(roomId).messages.values()) this.#put(message);
    this.#watchTop();
  }

  /** Whether the newest message is in sight. */
  get atEnd() {
    return this.scroll.atEnd && this.element.isConnected;
  }

  /** Take over a change of the store. */
  apply({ change, message, live }) {
    if (change === "deleted") return this.#drop(message);
    const drawn = this.#put(message);
    if (live) {
      this.#arrivals.push({ drawn, mine: this.#session.store.isMine(message) });
      this.#settle();
    }
    return undefined;
  }

  /** Write the days' names again: another day may have begun. */
  renameDays() {
    const now = this.#session.store.now();
    for (const day of this.#days.values()) day.querySelector("h2").textContent = dayName(day.dataset.created, now);
  }

  #put(message) {
    const threadId = message.parentId ?? message.id;
    if (!this.#threads.has(threadId)) this.#threads.set(threadId, new Thread(threadId, this.#context));
    const thread = this.#threads.get(threadId);
    const before = thread.created;
    const drawn = thread.put(message);
    if (thread.created !== before) this.#placeThread(thread);
    else markRun(thread.element);
    if (message.parentId) this.#session.loadParent(message);
    return drawn;
  }

  #placeThread({ element, created }) {
    const old = element.closest(".day");
    const day = this.#day(created);
    element.dataset.person = element.querySelector(".thread-root .message")?.dataset.person ?? "";
    insertSorted(day.querySelector(".day-threads"), element);
    markRun(element);
    if (old && old !== day) this.#closeEmptyDay(old);
  }

  #day(created) {
    const key = dayKey(created);
    if (!this.#days.has(key)) {
      const title = el("h2", { class: "day-name" }, dayName(created, this.#session.store.now()));
      const day = el("section", { class: "day", dataset: { created } }, title, el("div", { class: "day-threads" }));
      day.dataset.key = key;
      this.#days.set(key, day);
      insertSorted(this.days, day);
    }
    return this.#days.get(key);
  }

  #closeEmptyDay(day) {
    if (day.querySelector(".thread")) return;
    day.remove();
    this.#days.delete(day.dataset.key);
  }

  #drop(message) {
    const thread = this.#threads.get(message.parentId ?? message.id);
    if (!thread) return;
    thread.drop(message.id);
    if (!thread.isEmpty) return;
    const day = thread.element.closest(".day");
    const next = thread.element.nextElementSibling;
    thread.element.remove();
    this.#threads.delete(thread.id);
    if (next) markRun(next);
    this.#closeEmptyDay(day);
  }

  /** Measuring is dear: however many messages arrive in a frame, it is done once, after them. */
  #settle = oncePerFrame(() => {
    const arrivals = this.#arrivals.splice(0).filter(({ drawn }) => drawn.isConnected);
    const lastThread = this.days.lastElementChild?.querySelector(".day-threads").lastElementChild;
    const isAtBottom = ({ drawn }) => lastThread.contains(drawn);
    const own = arrivals.findLast(({ mine }) => mine);
    if (own && !isAtBottom(own)) this.scroll.to(own.drawn);
    else if (own || this.scroll.atEnd) this.scroll.toEnd();
    this.#unseen.push(...arrivals.filter(({ drawn, mine }) => !mine && !this.#sees(drawn)).map(({ drawn }) => drawn));
    this.#drawPill();
  });

  #forgetSeen() {
    this.#unseen = this.#unseen.filter((drawn) => drawn.isConnected && !this.#sees(drawn));
    this.#drawPill();
  }

  /** The thread is asked first: to measure inside one that is out of sight, the browser would have to lay it out. */
  #sees(drawn) {
    return this.scroll.sees(drawn.closest(".thread")) && this.scroll.sees(drawn);
  }

  #drawPill() {
    const [first] = this.#unseen;
    this.pill.hidden = !first;
    if (!first) return;
    const above = first.getBoundingClientRect().top < this.box.getBoundingClientRect().top;
    this.pill.classList.toggle("pill-top", above);
    this.pill.replaceChildren(icon(above ? "up" : "down"), counted(this.#unseen.length, "new message"));
  }

  #showUnseen() {
    this.scroll.to(this.#unseen[0]);
    this.box.focus({ preventScroll: true });
  }

  #watchTop() {
    const nearTop = new IntersectionObserver(([{ isIntersecting }]) => isIntersecting && this.#loadOlder(), {
      root: this.box,
      rootMargin: LOAD_AHEAD,
    });
    nearTop.observe(this.older);
  }

  async #loadOlder() {
    if (this.#loading || !this.#session.store.log(this.roomId).next) return;
    this.#loading = true;
    this.older.textContent = "Loading older messages…";
    try {
      const show = await this.#session.readOlder(this.roomId);
      this.scroll.keepPlace(show);
      this.older.textContent = "";
    } catch (error) {
      const again = el(
        "button",
        { type: "button", class: "text-button", onclick: () => this.#loadOlder() },
        "Try again",
      );
      this.older.replaceChildren(`Older messages were not loaded. ${error.message} `, again);
    } finally {
      this.#loading = false;
    }
  }
}

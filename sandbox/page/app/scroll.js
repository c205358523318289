/** Where the reader is in a conversation, and staying there. */

import { oncePerFrame } from "./dom.js";

const NEAR_END_PX = 60;

export class Scroll {
  #pinned = true;
  #lastHeight = 0;

  /**
   * @param {HTMLElement} box scrolls
   * @param {HTMLElement} content grows
   * @param {() => void} onMove the reader moved, or the conversation grew
   */
  constructor(box, content, onMove) {
    this.box = box;
    const moved = oncePerFrame(onMove);
    box.addEventListener("scroll", () => {
      // A scroll that growth alone has caused says nothing about where the reader wants to be.
      if (box.scrollHeight === this.#lastHeight) this.#pinned = this.#distanceToEnd() < NEAR_END_PX;
      this.#lastHeight = box.scrollHeight;
      moved();
    });
    const follow = new ResizeObserver(() => {
      if (this.#pinned) this.toEnd();
      this.#lastHeight = box.scrollHeight;
      moved();
    });
    follow.observe(content);
    follow.observe(box);
  }

  get atEnd() {
    return this.#pinned;
  }

  toEnd() {
    this.#pinned = true;
    this.box.scrollTop = this.box.scrollHeight;
  }

  /** Bring an element into view; the reader has left the end unless it is there. */
  to(element) {
    this.#pinned = false;
    element.scrollIntoView({ block: "nearest" });
    this.#pinned = this.#distanceToEnd() < NEAR_END_PX;
  }

  /** Whether some of the element can be seen. */
  sees(element) {
    const view = this.box.getBoundingClientRect();
    const { top, bottom } = element.getBoundingClientRect();
    return bottom > view.top && top < view.bottom;
  }

  /** Let `change` put something above without moving what is being read. */
  keepPlace(change) {
    const fromEnd = this.box.scrollHeight - this.box.scrollTop;
    change();
    if (!this.#pinned) this.box.scrollTop = this.box.scrollHeight - fromEnd;
  }

  #distanceToEnd() {
    return this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight;
  }
}

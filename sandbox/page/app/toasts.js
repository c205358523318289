/** Short notes at the edge of the page that go away by themselves. */

import { el } from "./dom.js";
import { icon } from "./icons.js";

const SHOWN_MS = 5000;
const MOST_AT_ONCE = 3;

/**
 * @param {string} text
 * @param {{bad?: boolean}} [look]
 */
export function toast(text, { bad = false } = {}) {
  const note = el(
    "div",
    { class: `toast ${bad ? "toast-bad" : ""}`, dataset: { testid: "toast" } },
    icon(bad ? "warning" : "check"),
    el("span", {}, text),
  );
  const notes = document.getElementById("toasts");
  if (notes.childElementCount === MOST_AT_ONCE) notes.firstElementChild.remove();
  notes.append(note);
  setTimeout(() => note.remove(), bad ? SHOWN_MS * 1.6 : SHOWN_MS);
}

/**
 * Do something and tell how it went.
 * @param {() => Promise<*>} deed
 * @param {string} done what to say afterwards
 */
export async function tellOutcome(deed, done) {
  try {
    await deed();
    toast(done);
  } catch (error) {
    toast(error.message, { bad: true });
  }
}

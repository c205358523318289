/** Buttons of the panel. */

import { el } from "./dom.js";
import { tellOutcome } from "./toasts.js";

/** A button that does something to the sandbox and tells how it went. */
export function deedButton(words, testid, deed, done) {
  const button = el("button", { type: "button", class: "button", dataset: { testid } }, words);
  button.addEventListener("click", async () => {
    button.disabled = true;
    await tellOutcome(deed, done);
    button.disabled = false;
    if (document.activeElement === document.body) button.focus();
  });
  return button;
}

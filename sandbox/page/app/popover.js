/** A small box beside a button that closes by Escape, by a press elsewhere, or by itself. */

import { el } from "./dom.js";

const GAP = 6;

/**
 * Open a box at a button.
 * @param {HTMLElement} anchor
 * @param {{label: string, class?: string, role?: string, testid?: string}} look
 * @param {(close: () => void) => Node} fill builds the content
 */
export function openPopover(anchor, { label, class: extra = "", role = "dialog", testid }, fill) {
  const box = el("div", { class: `popover ${extra}`, popover: "auto", role, "aria-label": label, dataset: { testid } });
  const close = () => box.hidePopover();
  box.append(fill(close));
  document.body.append(box);
  anchor.setAttribute("aria-expanded", "true");
  box.addEventListener("toggle", ({ newState }) => {
    if (newState !== "closed") return;
    anchor.setAttribute("aria-expanded", "false");
    if (box.contains(document.activeElement) || document.activeElement === document.body) anchor.focus();
    box.remove();
  });
  box.showPopover();
  place(box, anchor.getBoundingClientRect());
  (box.querySelector("[aria-checked=true]") ?? box.querySelector("button, [tabindex]"))?.focus();
}

function place(box, anchor) {
  const { offsetWidth: width, offsetHeight: height } = box;
  const left = Math.max(GAP, Math.min(anchor.left, innerWidth - width - GAP));
  const below = anchor.bottom + GAP;
  const top = below + height <= innerHeight ? below : Math.max(GAP, anchor.top - GAP - height);
  Object.assign(box.style, { left: `${left}px`, top: `${top}px` });
}

/** Let the arrow keys walk through the buttons of a menu. */
export function walkByArrows(menu) {
  menu.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const buttons = [...menu.querySelectorAll("button")];
    const at = buttons.indexOf(document.activeElement);
    buttons[(at + step + buttons.length) % buttons.length].focus();
  });
  return menu;
}

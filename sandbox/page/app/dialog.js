/** Windows over the page: the browser's own modal dialog keeps the focus inside and gives it back. */

import { el, iconButton } from "./dom.js";
import { icon } from "./icons.js";

/**
 * Show something in a modal window until it is closed.
 * @param {{title: string, class?: string, testid?: string, tools?: Node[]}} look
 * @param {Node} content
 */
export function openDialog({ title, class: extra = "", testid, tools = [] }, content) {
  const close = () => dialog.close();
  const dialog = el(
    "dialog",
    { class: `dialog ${extra}`, "aria-label": title, dataset: { testid } },
    el(
      "div",
      { class: "dialog-frame" },
      el(
        "header",
        { class: "dialog-head" },
        el("h2", { class: "dialog-title" }, title),
        ...tools,
        iconButton("Close", icon("close"), { onclick: close, autofocus: true, dataset: { testid: "dialog-close" } }),
      ),
      content,
    ),
  );
  dialog.addEventListener("click", ({ target }) => target === dialog && close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/** The file that goes with the next message: picked, dropped or pasted. */

import { el, iconButton } from "./dom.js";
import { fileSize } from "./format.js";
import { icon } from "./icons.js";

export class Attachment {
  /** @type {File|null} */
  file = null;
  #onChange;

  /** @param {() => void} onChange */
  constructor(onChange) {
    this.#onChange = onChange;
    this.line = el("div", { class: "attached", hidden: true, dataset: { testid: "attached" } });
    this.picker = el("input", {
      type: "file",
      hidden: true,
      dataset: { testid: "file-input" },
      onchange: () => {
        this.#take(this.picker.files);
        this.picker.value = "";
      },
    });
    const pick = () => this.picker.click();
    this.button = iconButton("Attach a file", icon("attach"), { onclick: pick, dataset: { testid: "attach" } });
  }

  /** @param {File|null} file null takes it off */
  set(file) {
    this.file = file;
    this.line.hidden = !file;
    if (file) {
      this.line.replaceChildren(
        icon("file"),
        el("span", { class: "file-name" }, file.name),
        el("span", { class: "file-size" }, fileSize(file.size)),
        iconButton("Remove the file", icon("close"), { onclick: () => this.set(null) }),
      );
    }
    this.#onChange();
  }

  /** Let a file be dropped on the box or pasted into it. */
  acceptIn(box) {
    const hover = (on) => (event) => {
      event.preventDefault();
      box.classList.toggle("is-dropping", on);
    };
    box.addEventListener("dragover", hover(true));
    box.addEventListener("dragleave", hover(false));
    box.addEventListener("drop", (event) => {
      hover(false)(event);
      this.#take(event.dataTransfer.files);
    });
    box.addEventListener("paste", ({ clipboardData }) => this.#take(clipboardData.files));
  }

  #take(files) {
    if (files.length) this.set(files[0]);
  }
}

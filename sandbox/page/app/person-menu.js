/** Top left: who one is, and the choice to be somebody else. */

import { avatar } from "./avatar.js";
import { el } from "./dom.js";
import { roleWords } from "./format.js";
import { icon } from "./icons.js";
import { openPopover, walkByArrows } from "./popover.js";

/**
 * @param {import("./store.js").Store} store
 * @param {(email: string) => void} become
 */
export function personMenu({ me, people }, become) {
  const button = el(
    "button",
    {
      type: "button",
      class: "person-button",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      dataset: { testid: "person-menu", person: me.email },
      onclick: () => openPopover(button, { label: "Be somebody else", class: "person-list", role: "menu" }, fill),
    },
    avatar(me.displayName),
    el(
      "span",
      { class: "person-words" },
      el("span", { class: "visually-hidden" }, "You are "),
      el("span", { class: "person-name" }, me.displayName),
      el("span", { class: "person-role" }, roleWords(me)),
    ),
    icon("chevron"),
  );

  const fill = (close) =>
    walkByArrows(
      el(
        "div",
        { class: "menu", role: "none" },
        el("p", { class: "menu-title" }, "Be somebody else"),
        ...people.map((person) => choice(person, close)),
      ),
    );

  const choice = (person, close) => {
    const isMe = person.email === me.email;
    const pick = () => (isMe ? close() : become(person.email));
    return el(
      "button",
      {
        type: "button",
        class: "menu-item",
        role: "menuitemradio",
        "aria-checked": String(isMe),
        dataset: { testid: "person-choice", person: person.email },
        onclick: pick,
      },
      avatar(person.displayName),
      el(
        "span",
        { class: "person-words" },
        el("span", { class: "person-name" }, person.displayName),
        el("span", { class: "person-role" }, roleWords(person)),
        el("span", { class: "person-mail" }, person.email),
      ),
      isMe && icon("check"),
    );
  };
  return button;
}

/** Mentions: offered while typing `@`, and written the way Webex's Markdown wants them. */

import { avatar } from "./avatar.js";
import { el } from "./dom.js";

const TYPED = /(?:^|\s)@([\p{L}\p{N}.-]*)$/u;
const MOST_OFFERED = 6;

const mention = ({ personEmail, personDisplayName }) => `<@personEmail:${personEmail}|${personDisplayName}>`;

/** Markdown that shows the text as it was typed. */
const literally = (text) => text.replace(/[\\`*_[\]<>&#~|]/g, "\\$&");

/**
 * The Markdown of a text in which people are named as `@Name`.
 * @param {string} text
 * @param {object[]} members memberships of the people who may be meant
 * @param {object|null} addressee the membership of who is addressed in front, unless named in the text already
 * @returns {string|null} null when nobody is mentioned
 */
export function withMentions(text, members, addressee) {
  const longestFirst = [...members].sort((one, other) => other.personDisplayName.length - one.personDisplayName.length);
  const named = [];
  let rest = text;
  let markdown = "";
  while (rest) {
    const member = rest.startsWith("@") && longestFirst.find((one) => rest.startsWith(`@${one.personDisplayName}`));
    if (member) named.push(member);
    markdown += member ? mention(member) : literally(rest[0]);
    rest = rest.slice(member ? member.personDisplayName.length + 1 : 1);
  }
  if (addressee && !named.includes(addressee)) return `${mention(addressee)} ${markdown}`;
  return named.length ? markdown : null;
}

/** The list of members under the cursor. */
export class MentionList {
  #members = [];
  #at = 0;
  #choices = [];

  /** @param {HTMLTextAreaElement} field */
  constructor(field) {
    this.field = field;
    this.element = el("ul", {
      class: "mention-list",
      id: "mention-list",
      role: "listbox",
      "aria-label": "Members",
      hidden: true,
    });
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", this.element.id);
    field.addEventListener("input", () => this.#look());
    field.addEventListener("blur", () => this.close());
  }

  get isOpen() {
    return !this.element.hidden;
  }

  /** Who can be offered. @param {object[]} members memberships */
  setMembers(members) {
    this.#members = members;
    this.close();
  }

  close() {
    this.element.hidden = true;
    this.field.removeAttribute("aria-activedescendant");
  }

  /** Let the list have a key first. @returns {boolean} whether it took it */
  take(event) {
    if (!this.isOpen) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.#mark((this.#at + step + this.#choices.length) % this.#choices.length);
    else if (event.key === "Enter" || event.key === "Tab") this.#insert(this.#choices[this.#at]);
    else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    return true;
  }

  #look() {
    const typed = TYPED.exec(this.field.value.slice(0, this.field.selectionStart));
    if (!typed) return this.close();
    const words = typed[1].toLowerCase();
    this.#choices = this.#members
      .filter(({ personDisplayName: name }) => ` ${name}`.toLowerCase().includes(` ${words}`))
      .slice(0, MOST_OFFERED);
    if (!this.#choices.length) return this.close();
    this.element.replaceChildren(...this.#choices.map((member, at) => this.#option(member, at)));
    this.element.hidden = false;
    return this.#mark(0);
  }

  #option(member, at) {
    return el(
      "li",
      {
        class: "mention-option",
        role: "option",
        id: `mention-${at}`,
        dataset: { testid: "mention-option" },
        // The field must not lose the focus to the press.
        onmousedown: (event) => event.preventDefault(),
        onclick: () => this.#insert(member),
      },
      avatar(member.personDisplayName, { size: "small" }),
      member.personDisplayName,
    );
  }

  #mark(at) {
    this.#at = at;
    [...this.element.children].forEach((option, index) => option.setAttribute("aria-selected", String(index === at)));
    this.field.setAttribute("aria-activedescendant", `mention-${at}`);
  }

  #insert({ personDisplayName }) {
    const { value, selectionStart: cursor } = this.field;
    const start = value.lastIndexOf("@", cursor - 1);
    this.field.setRangeText(`@${personDisplayName} `, start, cursor, "end");
    this.close();
  }
}

/** Round pictures of people: initials on a colour of their own, or the bot's face. */

import { el } from "./dom.js";
import { initials } from "./format.js";
import { icon } from "./icons.js";

const COLOURS = ["cobalt", "cyan", "gold", "lime", "mint", "orange", "pink", "purple", "slate", "violet"];

function colourOf(name) {
  let hash = 0;
  for (const letter of name) hash = (hash * 31 + letter.codePointAt(0)) >>> 0;
  return COLOURS[hash % COLOURS.length];
}

/**
 * @param {string} name whose picture
 * @param {{bot?: boolean, group?: boolean, size?: "small"|"medium"|"large"}} [look]
 */
export function avatar(name, { bot = false, group = false, size = "medium" } = {}) {
  const content = bot ? icon("bot") : group ? icon("people") : initials(name);
  const kind = bot ? "avatar-bot" : `avatar-${colourOf(name)}`;
  return el(
    "span",
    { class: `avatar avatar-${size} ${kind} ${group ? "avatar-group" : ""}`, "aria-hidden": "true" },
    content,
  );
}

/** Who is in a space: a count that opens the list, with people of other companies marked. */

import { avatar } from "./avatar.js";
import { el } from "./dom.js";
import { counted } from "./format.js";
import { icon } from "./icons.js";
import { openPopover } from "./popover.js";

/**
 * @param {import("./store.js").Store} store
 * @param {string} roomId a group space
 */
export function memberButton(store, roomId) {
  const members = store.members(roomId);
  const outsiders = members.filter((member) => store.isOutsider(member));
  const warning = outsiders.length ? `, ${outsiders.length} from outside` : "";
  const button = el(
    "button",
    {
      type: "button",
      class: `text-button ${outsiders.length ? "has-outsiders" : ""}`,
      "aria-haspopup": "dialog",
      "aria-expanded": "false",
      "aria-label": counted(members.length, "member") + warning,
      dataset: { testid: "members" },
      onclick: () => openPopover(button, { label: "Members", class: "member-popover", testid: "member-list" }, fill),
    },
    icon("people"),
    String(members.length),
    outsiders.length > 0 && el("span", { class: "label label-warning" }, counted(outsiders.length, "guest")),
  );

  const fill = () =>
    el(
      "div",
      { tabIndex: -1 },
      el("p", { class: "menu-title" }, counted(members.length, "member")),
      el("ul", { class: "member-list" }, ...members.map(memberLine)),
      outsiders.length > 0 &&
        el("p", { class: "member-note" }, "With guests in a space, the bot shows no customer data there."),
    );

  const memberLine = (member) => {
    const isBot = member.personId === store.bot.personId;
    return el(
      "li",
      { class: "member", dataset: { testid: "member", outsider: String(store.isOutsider(member)) } },
      avatar(member.personDisplayName, { bot: isBot, size: "small" }),
      el(
        "span",
        { class: "person-words" },
        el("span", { class: "person-name" }, member.personDisplayName),
        el("span", { class: "person-mail" }, member.personEmail),
      ),
      isBot && el("span", { class: "label" }, "Bot"),
      store.isOutsider(member) && el("span", { class: "label label-warning" }, "Guest"),
    );
  };
  return button;
}

/** One message as it stands in the conversation. */

import { avatar } from "./avatar.js";
import { CARD_TYPE, drawCard } from "./card.js";
import { el, iconButton } from "./dom.js";
import { filePlace } from "./files.js";
import { fullTime, timeOfDay } from "./format.js";
import { icon } from "./icons.js";
import { safeHtml } from "./safe-html.js";
import { tellOutcome } from "./toasts.js";

/**
 * @param {object} message as Webex shows it; `outgoing` while it is on its way or could not be sent
 * @param {{session: import("./session.js").Session, onReply: (message: object) => void}} context
 * @returns {HTMLElement}
 */
export function drawMessage(message, { session, onReply }) {
  const { store } = session;
  const mine = store.isMine(message);
  const fromBot = store.isBots(message);
  const name = store.nameOf(message);
  return el(
    "div",
    {
      class: `message ${mine ? "message-mine" : ""} ${message.outgoing ? `message-${message.outgoing.state}` : ""}`,
      dataset: {
        testid: "message",
        messageId: message.id,
        fromBot: String(fromBot),
        person: message.personId,
        created: message.created,
      },
    },
    avatar(name, { bot: fromBot, size: message.parentId ? "small" : "medium" }),
    el(
      "div",
      { class: "message-main" },
      el(
        "p",
        { class: "message-head" },
        el("span", { class: "message-name" }, mine ? "You" : name),
        fromBot && el("span", { class: "label" }, "Bot"),
        el("time", { dateTime: message.created, title: fullTime(message.created) }, timeOfDay(message.created)),
        message.updated && el("span", { class: "message-edited", title: fullTime(message.updated) }, "edited"),
      ),
      el("div", { class: "message-content" }, ...contents(message, session)),
      message.outgoing && outgoingLine(message.outgoing),
    ),
    !message.outgoing && tools(message, { mine, session, onReply }),
  );
}

function contents(message, session) {
  const cards = (message.attachments ?? []).filter(({ contentType }) => contentType === CARD_TYPE);
  const drawn = cards
    .map(({ content }) => drawCard(content, (inputs) => session.submit(message, inputs)))
    .filter(Boolean);
  const files = (message.files ?? []).map((address) => filePlace(session.webex, address));
  return [...(drawn.length ? drawn : words(message)), ...files];
}

function words({ html, text }) {
  if (html) return [el("div", { class: "message-text rich" }, safeHtml(html))];
  return text ? [el("div", { class: "message-text" }, text)] : [];
}

function outgoingLine({ state, reason, retry, discard }) {
  if (state === "sending") return el("p", { class: "message-state" }, "Sending…");
  return el(
    "p",
    { class: "message-state message-state-bad", role: "alert" },
    icon("warning"),
    el("span", {}, `Not sent. ${reason}`),
    el("button", { type: "button", class: "text-button", dataset: { testid: "retry" }, onclick: retry }, "Try again"),
    el("button", { type: "button", class: "text-button", onclick: discard }, "Discard"),
  );
}

function tools(message, { mine, session, onReply }) {
  const remove = () => tellOutcome(() => session.remove(message), "Message deleted");
  return el(
    "div",
    { class: "message-tools" },
    iconButton("Reply in thread", icon("reply"), { onclick: () => onReply(message), dataset: { testid: "reply" } }),
    mine && iconButton("Delete message", icon("trash"), { onclick: remove, dataset: { testid: "delete" } }),
  );
}

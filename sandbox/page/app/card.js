/** Adaptive Cards, drawn by Microsoft's library. */

import { cardMarkdown } from "./card-markdown.js";
import { HOST_CONFIG } from "./card-style.js";
import { el } from "./dom.js";
import { toast } from "./toasts.js";

/** The content type of a card among a message's attachments. */
export const CARD_TYPE = "application/vnd.microsoft.card.adaptive";

const { AdaptiveCards } = window;

AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.outputHtml = cardMarkdown(text);
  result.didProcess = true;
};
const hostConfig = new AdaptiveCards.HostConfig(HOST_CONFIG);

/**
 * Draw a card.
 * @param {object} content the card's JSON
 * @param {(inputs: object) => Promise<void>} onSubmit settles when the press was answered
 * @returns {HTMLElement|null} null when it cannot be drawn and the message's text has to stand for it
 */
export function drawCard(content, onSubmit) {
  const card = new AdaptiveCards.AdaptiveCard();
  card.hostConfig = hostConfig;
  const frame = el("div", { class: "card", dataset: { testid: "card" } });
  card.onExecuteAction = (action) => execute(action, frame, onSubmit);
  try {
    card.parse(content);
    const drawn = card.render();
    if (!drawn) return null;
    frame.append(drawn);
  } catch {
    return null;
  }
  markWideRows(frame);
  nameRows(frame);
  return frame;
}

function execute(action, frame, onSubmit) {
  const isBusy = frame.getAttribute("aria-busy") === "true";
  if (action instanceof AdaptiveCards.OpenUrlAction) window.open(action.url, "_blank", "noopener,noreferrer");
  else if (action instanceof AdaptiveCards.SubmitAction && !isBusy) press(action, frame, onSubmit);
}

async function press(action, frame, onSubmit) {
  const pressed = action.renderedElement;
  const buttons = [...frame.querySelectorAll("button")].filter((button) => !button.disabled);
  const setBusy = (busy) => {
    for (const button of buttons) button.disabled = busy;
    frame.setAttribute("aria-busy", String(busy));
    pressed?.classList.toggle("is-busy", busy);
  };
  setBusy(true);
  try {
    await onSubmit(action.data ?? {});
  } catch (error) {
    toast(`Not sent. ${error.message}`, { bad: true });
  } finally {
    setBusy(false);
    if (document.activeElement === document.body) pressed?.focus({ preventScroll: true });
  }
}

/** A row that can be pressed is called by what it shows; the library calls it by its action, the same for every row. */
function nameRows(frame) {
  for (const row of frame.querySelectorAll(".ac-selectable[aria-label]")) {
    if (row.textContent.trim()) row.removeAttribute("aria-label");
  }
}

/** Rows of many columns get tighter where the card is narrow; CSS cannot count the columns by itself. */
function markWideRows(frame) {
  for (const row of frame.querySelectorAll(".ac-columnSet")) {
    const columns = [...row.children].filter((child) => child.classList.contains("ac-container")).length;
    if (columns >= 4) row.classList.add("is-wide");
  }
}

/** The Markdown that text in cards may hold: bold, italic, links, lists. */

const SLOT = "\u0000";
const SLOTS = new RegExp(`${SLOT}(\\d+)${SLOT}`, "g");

const escapeHtml = (text) =>
  text
    .replace(/&(?!#?\w+;)/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;");

/** Marks within a line. Escaped characters and links are put aside first, so that no mark is seen inside them. */
function inline(line) {
  const aside = [];
  const keep = (html) => `${SLOT}${aside.push(html) - 1}${SLOT}`;
  const putBack = (html) => html.replace(SLOTS, (_, slot) => putBack(aside[slot]));
  const marked = escapeHtml(line)
    .replace(/\\([!-/:-@[-`{-~])/g, (_, character) => keep(character))
    .replace(/\[([^\]]+)\]\(((?:https?:|mailto:)[^\s)]+)\)/g, (_, words, address) =>
      keep(`<a href="${address}" rel="noopener noreferrer">${words}</a>`),
    )
    .replace(/\*\*(\S(?:.*?\S)?)\*\*/g, "<strong>$1</strong>")
    .replace(/(?<!\w)__(\S(?:.*?\S)?)__(?!\w)/g, "<strong>$1</strong>")
    .replace(/\*(\S(?:.*?\S)?)\*/g, "<em>$1</em>")
    .replace(/(?<!\w)_(\S(?:.*?\S)?)_(?!\w)/g, "<em>$1</em>");
  return putBack(marked);
}

const LIST_KINDS = [
  { tag: "ul", mark: /^\s*[-*+]\s+/ },
  { tag: "ol", mark: /^\s*\d+[.)]\s+/ },
];

/**
 * @param {string} text
 * @returns {string} HTML that holds nothing but paragraphs, lists, links and emphasis
 */
export function cardMarkdown(text) {
  const blocks = [];
  for (const line of text.split(/\r?\n/)) {
    const kind = LIST_KINDS.find(({ mark }) => mark.test(line));
    const last = blocks.at(-1);
    const content = inline(kind ? line.replace(kind.mark, "") : line);
    if (kind && last?.tag === kind.tag) last.lines.push(content);
    else if (!kind && last?.tag === "p" && line.trim() && last.lines.length) last.lines.push(content);
    else blocks.push({ tag: kind?.tag ?? "p", lines: line.trim() ? [content] : [] });
  }
  return blocks
    .filter(({ lines }) => lines.length)
    .map(({ tag, lines }) =>
      tag === "p"
        ? `<p>${lines.join("<br>")}</p>`
        : `<${tag}>${lines.map((line) => `<li>${line}</li>`).join("")}</${tag}>`,
    )
    .join("");
}

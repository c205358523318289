/** Files of messages: pictures shown in place, everything else as a chip to download, CSV also to look into. */

import { readCsv } from "./csv.js";
import { openDialog } from "./dialog.js";
import { el } from "./dom.js";
import { counted, fileSize } from "./format.js";
import { icon } from "./icons.js";
import { toast } from "./toasts.js";

const PICTURES = ["image/png", "image/jpeg", "image/gif", "image/webp"];
const PREVIEW_ROWS = 50;
const pictureAddresses = new Map();

/**
 * A place for a file that fills itself once it is known what the file is.
 * @param {import("./webex.js").Webex} webex
 * @param {string} address as in the message's `files`
 */
export function filePlace(webex, address) {
  const place = el(
    "div",
    { class: "file-place" },
    el("div", { class: "file-chip file-waiting" }, icon("file"), "Loading file…"),
  );
  fill(place, webex, address);
  return place;
}

async function fill(place, webex, address) {
  try {
    const facts = await webex.fileFacts(address);
    const isPicture = PICTURES.includes(facts.type);
    place.replaceChildren(isPicture ? await picture(webex, address, facts) : chip(webex, address, facts));
  } catch (error) {
    const again = el(
      "button",
      { type: "button", class: "text-button", onclick: () => fill(place, webex, address) },
      "Try again",
    );
    place.replaceChildren(
      el("div", { class: "file-chip", title: error.message }, icon("warning"), "File not loaded", again),
    );
  }
}

async function picture(webex, address, facts) {
  if (!pictureAddresses.has(address)) {
    pictureAddresses.set(address, URL.createObjectURL(await webex.fileContent(address)));
  }
  const source = pictureAddresses.get(address);
  return el(
    "button",
    {
      type: "button",
      class: "picture",
      title: `Enlarge ${facts.name}`,
      dataset: { testid: "picture", fileName: facts.name },
      onclick: () =>
        openDialog(
          {
            title: facts.name,
            class: "dialog-picture",
            testid: "picture-dialog",
            tools: [downloadButton(webex, address, facts)],
          },
          el("div", { class: "dialog-body" }, el("img", { src: source, alt: facts.name })),
        ),
    },
    el("img", { src: source, alt: facts.name }),
  );
}

function chip(webex, address, facts) {
  const isCsv = facts.type === "text/csv" || facts.name.toLowerCase().endsWith(".csv");
  return el(
    "div",
    { class: "file-chip", dataset: { testid: "file", fileName: facts.name } },
    el("span", { class: `file-kind ${isCsv ? "file-csv" : ""}` }, icon(isCsv ? "table" : "file")),
    el(
      "span",
      { class: "file-words" },
      el("span", { class: "file-name", title: facts.name }, facts.name),
      el("span", { class: "file-size" }, fileSize(facts.size)),
    ),
    isCsv &&
      el(
        "button",
        {
          type: "button",
          class: "text-button",
          "aria-label": `Preview ${facts.name}`,
          dataset: { testid: "file-preview" },
          onclick: () => preview(webex, address, facts),
        },
        "Preview",
      ),
    downloadButton(webex, address, facts),
  );
}

function downloadButton(webex, address, { name }) {
  return el(
    "button",
    {
      type: "button",
      class: "icon-button",
      title: "Download",
      "aria-label": `Download ${name}`,
      dataset: { testid: "file-download" },
      onclick: () => withContent(webex, address, (blob) => save(blob, name)),
    },
    icon("download"),
  );
}

function preview(webex, address, facts) {
  return withContent(webex, address, async (blob) => {
    const { rows, total } = readCsv(await blob.text(), PREVIEW_ROWS + 1);
    const [head = [], ...body] = rows;
    const more =
      total - 1 > PREVIEW_ROWS ? `First ${PREVIEW_ROWS} of ${counted(total - 1, "row")}` : counted(body.length, "row");
    openDialog(
      {
        title: facts.name,
        class: "dialog-table",
        testid: "csv-dialog",
        tools: [downloadButton(webex, address, facts)],
      },
      el(
        "div",
        { class: "dialog-body" },
        el("p", { class: "table-note" }, more),
        el("div", { class: "table-scroll", tabIndex: 0, role: "region", "aria-label": "Rows" }, table(head, body)),
      ),
    );
  });
}

function table(head, body) {
  const isNumber = (cell) => /^-?[\d.,]+ ?%?$/.test(cell);
  const line = (cells) =>
    el("tr", {}, ...cells.map((cell) => el("td", { class: isNumber(cell) ? "number" : "" }, cell)));
  return el(
    "table",
    {},
    el("thead", {}, el("tr", {}, ...head.map((cell) => el("th", { scope: "col" }, cell)))),
    el("tbody", {}, ...body.map(line)),
  );
}

async function withContent(webex, address, use) {
  try {
    await use(await webex.fileContent(address));
  } catch (error) {
    toast(error.message, { bad: true });
  }
}

function save(blob, name) {
  const href = URL.createObjectURL(blob);
  el("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

/** Reading CSV for a look at it. */

/**
 * The first rows of a CSV text (RFC 4180; the separator is the one of `,` `;` tab that the first line uses most).
 * @param {string} text
 * @param {number} most rows wanted
 * @returns {{rows: string[][], total: number}} total counts all rows of the text
 */
export function readCsv(text, most) {
  const source = text.replace(/^\uFEFF/, "");
  const separator = likelySeparator(source.slice(0, Math.max(source.indexOf("\n"), 0) || source.length));
  const rows = [];
  let total = 0;
  let row = [];
  let cell = "";
  let quoted = false;

  const endCell = () => {
    row.push(cell);
    cell = "";
  };
  const endRow = () => {
    endCell();
    if (row.length > 1 || row[0]) {
      total += 1;
      if (rows.length < most) rows.push(row);
    }
    row = [];
  };

  for (let at = 0; at < source.length; at += 1) {
    const character = source[at];
    if (quoted) {
      if (character !== '"') cell += character;
      else if (source[at + 1] === '"') cell += source[(at += 1)];
      else quoted = false;
    } else if (character === '"' && cell === "") quoted = true;
    else if (character === separator) endCell();
    else if (character === "\n") endRow();
    else if (character !== "\r") cell += character;
  }
  if (cell || row.length) endRow();
  return { rows, total };
}

function likelySeparator(line) {
  const uses = (separator) => line.split(separator).length;
  return [",", ";", "\t"].sort((one, other) => uses(other) - uses(one))[0];
}

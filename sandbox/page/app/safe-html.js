/** Put HTML of a message on the page with nothing in it that could run. */

const ALLOWED = {
  A: ["href", "title"],
  BLOCKQUOTE: ["class"],
  "SPARK-MENTION": ["data-object-type", "data-object-id", "data-group-type"],
  OL: ["start"],
};
const TAGS = new Set([
  ...Object.keys(ALLOWED),
  ..."B STRONG I EM S DEL CODE PRE BR HR P UL LI H1 H2 H3 H4 H5 H6 TABLE THEAD TBODY TR TH TD".split(" "),
]);
const WEB_ADDRESS = /^(https?:|mailto:)/i;

/**
 * The HTML as nodes: known elements and attributes only, links open in a new tab.
 * @param {string} html
 * @returns {DocumentFragment}
 */
export function safeHtml(html) {
  const source = new DOMParser().parseFromString(html, "text/html").body;
  const fragment = document.createDocumentFragment();
  fragment.append(...[...source.childNodes].flatMap(clean));
  return fragment;
}

function clean(node) {
  if (node.nodeType === Node.TEXT_NODE) return [document.createTextNode(node.data)];
  if (node.nodeType !== Node.ELEMENT_NODE || node.tagName === "SCRIPT" || node.tagName === "STYLE") return [];
  const children = [...node.childNodes].flatMap(clean);
  if (!TAGS.has(node.tagName)) return children;
  const copy = document.createElement(node.tagName);
  for (const name of ALLOWED[node.tagName] ?? [])
    if (node.hasAttribute(name)) copy.setAttribute(name, node.getAttribute(name));
  if (copy.tagName === "A") secureLink(copy);
  copy.append(...children);
  return [copy];
}

function secureLink(link) {
  if (!WEB_ADDRESS.test(link.getAttribute("href") ?? "")) link.removeAttribute("href");
  link.target = "_blank";
  link.rel = "noopener noreferrer";
}

/** The page's icons, drawn on a grid of 24. */

const STROKES = {
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12M18 6L6 18",
  send: "M5 12L4 4.500l16.500 7.500L4 19.500 5 12zm0 0h7",
  attach:
    "M20 11.500l-7.700 7.700a5 5 0 0 1-7-7l8.300-8.400a3.300 3.300 0 0 1 4.700 4.700l-8.300 8.300a1.700 1.700 0 0 1-2.400-2.400l7.700-7.600",
  reply: "M9.500 6L4 11.500 9.500 17M4.500 11.500H14c4 0 6 2 6 6.500",
  trash: "M5 7h14M10 7V4.500h4V7m-7.500 0l1 12.500h9l1-12.500M10.500 10.500v5.500M13.500 10.500v5.500",
  people:
    "M9 11.500a3.250 3.250 0 1 0 0-6.500 3.250 3.250 0 0 0 0 6.500zM3 19c.4-3 2.600-5 6-5s5.600 2 6 5M15.500 5.300a3.250 3.250 0 0 1 0 6M17.500 14.400c2 .7 3.200 2.300 3.500 4.600",
  bolt: "M13 3L5 13.500h6L10.500 21 19 10h-6.200L13 3z",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 3v1.500M12 19.500V21M3 12h1.500M19.500 12H21M5.600 5.600l1.100 1.100M17.300 17.300l1.100 1.100M5.600 18.400l1.100-1.100M17.300 6.700l1.100-1.100",
  moon: "M19.500 14.500A8 8 0 0 1 9.500 4.500a8 8 0 1 0 10 10z",
  auto: "M12 20.500a8.500 8.500 0 1 0 0-17 8.500 8.500 0 0 0 0 17zM12 3.500v17M12 7l5.500-.500M12 11h8M12 15h7.600",
  check: "M5 12.500l4.500 4.500L19 7.500",
  download: "M12 4v11m0 0l-4.500-4.500M12 15l4.500-4.500M5 19.500h14",
  table: "M4 5.500h16v13H4zM4 10h16M4 14.300h16M9.500 10v8.500",
  file: "M7 3.500h6.500L18 8v12.500H7zM13.500 3.500V8H18",
  search: "M11 17.500a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13zM15.800 15.800L20 20",
  chevron: "M7 10l5 5 5-5",
  down: "M12 5v13m0 0l-5.500-5.500M12 18l5.500-5.500",
  up: "M12 19V6m0 0l-5.500 5.500M12 6l5.500 5.500",
  chat: "M5.500 5h13A1.500 1.500 0 0 1 20 6.500v9a1.500 1.500 0 0 1-1.500 1.500H12l-4.500 3.500V17h-2A1.500 1.500 0 0 1 4 15.500v-9A1.500 1.500 0 0 1 5.500 5z",
  warning: "M12 4.500L3.500 19h17L12 4.500zM12 10v4.500M12 16.700v.1",
  clock: "M12 20.500a8.500 8.500 0 1 0 0-17 8.500 8.500 0 0 0 0 17zM12 7.500V12l3 2",
  bot: "M5.500 9h13v9.500h-13zM12 9V5.500M12 5.500h.1M9.300 13v1.500M14.700 13v1.500M3.500 12.500v3M20.500 12.500v3",
};

/**
 * An icon as inline SVG, hidden from screen readers.
 * @param {keyof typeof STROKES} name
 * @returns {SVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(svg.namespaceURI, "path");
  path.setAttribute("d", STROKES[name]);
  svg.append(path);
  return svg;
}

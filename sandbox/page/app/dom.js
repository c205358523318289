/** Small tools for building the page's elements. */

/**
 * Build an element.
 * @param {string} tag
 * @param {Object<string, *>} [properties] `class`, `dataset`, listeners as `onclick`, other names as DOM property where
 *   one of that name exists, else as attribute; null, undefined and false leave an attribute out.
 * @param {...(Node|string|null|undefined|false)} children
 * @returns {HTMLElement}
 */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else if (name === "dataset") Object.assign(node.dataset, value);
    else if (name in node && !name.startsWith("aria")) node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/**
 * Run `task` at most once per frame however often it is asked for.
 * @param {() => void} task
 * @returns {() => void}
 */
export function oncePerFrame(task) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      task();
    });
  };
}

/** A button that shows only an icon; its label is read out and shown as a tooltip. */
export function iconButton(label, picture, properties = {}) {
  const { class: extra = "", ...rest } = properties;
  return el(
    "button",
    { type: "button", class: `icon-button ${extra}`, title: label, "aria-label": label, ...rest },
    picture,
  );
}

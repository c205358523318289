/** Light, dark, or as the device wants it. The choice is kept on this device. */

import { el, iconButton } from "./dom.js";
import { icon } from "./icons.js";

const KEY = "partnerhub.theme";
const CHOICES = [
  { name: "auto", picture: "auto", label: "Theme: as the device" },
  { name: "light", picture: "sun", label: "Theme: light" },
  { name: "dark", picture: "moon", label: "Theme: dark" },
];
const deviceIsDark = matchMedia("(prefers-color-scheme: dark)");

const chosen = () => CHOICES.find(({ name }) => name === localStorage.getItem(KEY)) ?? CHOICES[0];

function apply() {
  const dark = chosen().name === "dark" || (chosen().name === "auto" && deviceIsDark.matches);
  const { classList, style } = document.documentElement;
  classList.toggle("mds-theme-stable-darkWebex", dark);
  classList.toggle("mds-theme-stable-lightWebex", !dark);
  style.colorScheme = dark ? "dark" : "light";
}

/** Put the chosen theme on the page and follow the device when it changes. */
export function startTheme() {
  apply();
  deviceIsDark.addEventListener("change", apply);
}

/** The switch: one press goes to the next choice. */
export function themeSwitch() {
  const button = iconButton(chosen().label, icon(chosen().picture), { dataset: { testid: "theme-switch" } });
  button.addEventListener("click", () => {
    const next = CHOICES[(CHOICES.indexOf(chosen()) + 1) % CHOICES.length];
    localStorage.setItem(KEY, next.name);
    apply();
    button.replaceChildren(icon(next.picture));
    button.title = next.label;
    button.setAttribute("aria-label", next.label);
  });
  return el("span", {}, button);
}

/** How cards look: Webex's measures, and the page's tokens instead of colours, so that a card follows the theme. */

const token = (name) => `var(--mds-color-theme-${name})`;

/** A pair as the host configuration wants it. The subtle colours are the readable ones here too. */
const colour = (normal, subtle = normal) => ({
  default: token(normal),
  subtle: token(subtle),
  highlightColors: { default: token("text-highlight"), subtle: token("text-highlight") },
});

const foregroundColors = {
  default: colour("text-primary-normal", "text-secondary-normal"),
  dark: colour("text-primary-normal", "text-secondary-normal"),
  light: colour("text-secondary-normal"),
  accent: colour("text-accent-normal"),
  good: colour("text-success-normal"),
  warning: colour("text-warning-normal"),
  attention: colour("text-error-normal"),
};

const container = (background, border = background) => ({
  backgroundColor: background,
  borderColor: border,
  foregroundColors,
});

const fontFamily = "var(--mds-font-family-primary)";
const sizes = { small: 12, default: 14, medium: 16, large: 20, extraLarge: 26 };
const weights = { lighter: 300, default: 400, bolder: 600 };

/** Host configuration of the `adaptivecards` library. */
export const HOST_CONFIG = {
  hostCapabilities: { capabilities: null },
  supportsInteractivity: true,
  fontFamily,
  fontSizes: sizes,
  fontWeights: weights,
  lineHeights: { small: 16, default: 20, medium: 22, large: 26, extraLarge: 32 },
  fontTypes: {
    default: { fontFamily, fontSizes: sizes, fontWeights: weights },
    monospace: { fontFamily: "var(--font-mono)", fontSizes: sizes, fontWeights: weights },
  },
  spacing: { small: 4, default: 8, medium: 12, large: 16, extraLarge: 24, padding: 16 },
  separator: { lineThickness: 1, lineColor: token("outline-secondary-normal") },
  imageSizes: { small: 40, medium: 80, large: 160 },
  imageSet: { imageSize: "medium", maxImageHeight: 100 },
  containerStyles: {
    default: container("transparent"),
    emphasis: container(token("background-secondary-subtle")),
    accent: container(token("background-alert-theme-normal")),
    good: container(token("background-alert-success-normal")),
    warning: container(token("background-alert-warning-normal")),
    attention: container(token("background-alert-error-normal")),
  },
  actions: {
    maxActions: 5,
    spacing: "default",
    buttonSpacing: 8,
    actionsOrientation: "horizontal",
    actionAlignment: "left",
    showCard: { actionMode: "inline", inlineTopMargin: 12, style: "emphasis" },
    allowTitleToWrap: true,
    iconPlacement: "leftOfTitle",
    iconSize: 16,
  },
  adaptiveCard: { allowCustomStyle: false },
  textBlock: { headingLevel: 3 },
  factSet: {
    title: { color: "default", size: "default", isSubtle: true, weight: "default", wrap: true, maxWidth: 160 },
    value: { color: "default", size: "default", isSubtle: false, weight: "default", wrap: true },
    spacing: 16,
  },
  inputs: {
    label: {
      inputSpacing: "small",
      requiredInputs: { weight: "bolder", suffix: " *", suffixColor: "attention" },
      optionalInputs: { weight: "bolder" },
    },
    errorMessage: { color: "attention", size: "small", spacing: "small", weight: "default" },
  },
};

/** How times, sizes, names and roles read. */

const LOCALE = "en-GB";
const TIME = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit" });
const WEEKDAY = new Intl.DateTimeFormat(LOCALE, { weekday: "short" });
const SHORT_DAY = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short" });
const LONG_DAY = new Intl.DateTimeFormat(LOCALE, { weekday: "long", day: "numeric", month: "long" });
const LONG_DAY_YEAR = new Intl.DateTimeFormat(LOCALE, {
  weekday: "long",
  day: "numeric",
  month: "long",
  year: "numeric",
});
const FULL = new Intl.DateTimeFormat(LOCALE, { dateStyle: "full", timeStyle: "short" });
const DAY_MS = 86_400_000;

const ROLE_WORDS = {
  partner_full_admin: "Partner full administrator",
  partner_admin: "Partner administrator",
  partner_readonly_admin: "Partner read-only administrator",
  help_desk: "Help desk",
  help_desk_advanced: "Advanced help desk",
};

/** Time of day, such as 09:41. @param {string} iso */
export const timeOfDay = (iso) => TIME.format(new Date(iso));

/** Day and time in full, for tooltips. @param {string|Date} when */
export const fullTime = (when) => FULL.format(new Date(when));

/** The day in the reader's zone as a sortable key, such as 2026-11-23. @param {string|Date} when */
export function dayKey(when) {
  const day = new Date(when);
  const two = (number) => String(number).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

/** A day as a heading: Today, Yesterday, Monday 16 November. @param {string} iso @param {Date} now */
export function dayName(iso, now) {
  const key = dayKey(iso);
  if (key === dayKey(now)) return "Today";
  if (key === dayKey(new Date(now.getTime() - DAY_MS))) return "Yesterday";
  const sameYear = new Date(iso).getFullYear() === now.getFullYear();
  return (sameYear ? LONG_DAY : LONG_DAY_YEAR).format(new Date(iso));
}

/** A time in a list: today the hour, this week the weekday, else the day. @param {string} iso @param {Date} now */
export function listTime(iso, now) {
  const then = new Date(iso);
  if (dayKey(then) === dayKey(now)) return TIME.format(then);
  return (now - then < 6 * DAY_MS ? WEEKDAY : SHORT_DAY).format(then);
}

/** First letters of the first and last word of a name. @param {string} name */
export function initials(name) {
  const words = name.trim().split(/\s+/);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters
    .map((word) => [...word][0] ?? "")
    .join("")
    .toUpperCase();
}

/** A size for people, such as 12 KB. @param {number} bytes */
export function fileSize(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  const kilobytes = bytes / 1000;
  return kilobytes < 1000 ? `${Math.round(kilobytes)} KB` : `${(kilobytes / 1000).toFixed(1)} MB`;
}

/** A count with its noun: 1 reply, 2 replies. */
export const counted = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

/** A person's partner roles in words. @param {{roles: string[]}} person */
export function roleWords(person) {
  const words = (person.roles ?? []).map((role) => ROLE_WORDS[role] ?? role);
  return words.join(", ") || "No partner role";
}

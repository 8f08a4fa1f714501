/**
 * A length of time in the two units that matter most: `38 ms`, `9.8 s`, `3 min 20 s`, `2 d 4 h`.
 * @param {number} ms
 */
export function durationText(ms) {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  return inUnits(Math.round(ms / 1000));
}

/**
 * The same in whole seconds, for what counts up or down.
 * @param {number} ms
 */
export function secondsText(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return seconds < 60 ? `${seconds} s` : inUnits(seconds);
}

/** @type {readonly (readonly [string, number])[]} */
const UNITS = [["d", 86_400], ["h", 3600], ["min", 60], ["s", 1]];

/** @param {number} seconds */
function inUnits(seconds) {
  const first = UNITS.findIndex(([, length]) => seconds >= length);
  let rest = seconds;
  const parts = UNITS.slice(first, first + 2).map(([unit, length]) => {
    const count = Math.floor(rest / length);
    rest -= count * length;
    return count === 0 ? "" : `${count} ${unit}`;
  });
  return parts.filter((part) => part !== "").join(" ");
}

/**
 * A time of day where the browser is, with the date if it is not that of `nowMs`.
 * @param {string} iso
 * @param {number} nowMs
 */
export function timeText(iso, nowMs) {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  const clock = clockText(time.getTime());
  if (time.toDateString() === new Date(nowMs).toDateString()) return clock;
  const year = time.getFullYear() === new Date(nowMs).getFullYear() ? "" : ` ${time.getFullYear()}`;
  return `${time.getDate()} ${MONTHS[time.getMonth()]}${year} ${clock}`;
}

/**
 * The time of day where the browser is.
 * @param {number} ms
 */
export function clockText(ms) {
  const time = new Date(ms);
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map(twoDigits).join(":");
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** @param {number} value */
function twoDigits(value) {
  return String(value).padStart(2, "0");
}

/**
 * `1 worker`, `2 workers`.
 * @param {number} count
 * @param {string} noun
 * @param {string} plural
 */
export function countText(count, noun, plural = `${noun}s`) {
  return `${numberText(count)} ${count === 1 ? noun : plural}`;
}

/**
 * `10,000`.
 * @param {number} count
 */
export function numberText(count) {
  return count.toLocaleString("en");
}

/** @param {{host: string, port: number}} address */
export function addressText({ host, port }) {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/**
 * Where the page of another master is; undefined if its name is none.
 * @param {{host: string, port: number}} address
 */
export function masterUrl({ host, port }) {
  if (!/^[A-Za-z0-9._:-]{1,255}$/.test(host)) return undefined;
  const url = `http://${addressText({ host, port })}/`;
  return URL.canParse(url) ? url : undefined;
}

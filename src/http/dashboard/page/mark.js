const NAMESPACE = "http://www.w3.org/2000/svg";

/**
 * What a mark draws: no two differ by their colour alone.
 * @type {Readonly<Record<string, string>>}
 */
const SHAPES = {
  // A disc with a tick, a triangle and an octagon with a stroke and a dot.
  ok: "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm3.6 5.2-4.3 5-2.9-2.7 1-1.1 1.8 1.6 3.3-3.8Z",
  warning: "M8 1 .5 14.5h15ZM7.2 5.5h1.6v4.6H7.2Zm0 5.8h1.6v1.6H7.2Z",
  critical: "M5 1h6l4 4v6l-4 4H5l-4-4V5Zm2.2 3v5h1.6V4Zm0 6.3V12h1.6v-1.7Z",
  // A crown, a ring, a ring of dots, a square, two bars, a question.
  leader: "m1 12 1-8 3.5 3L8 2l2.5 5L14 4l1 8Zm.3 1.2h13.4V15H1.3Z",
  standby: "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm0 2.2a4.8 4.8 0 1 1 0 9.6 4.8 4.8 0 0 1 0-9.6Z",
  starting: "M7 1h2v4H7Zm0 10h2v4H7ZM1 7h4v2H1Zm10 0h4v2h-4Z",
  stopping: "M2.5 2.5h11v11h-11Z",
  paused: "M3 2h3.5v12H3Zm6.5 0H13v12H9.5Z",
  unknown:
    "M5 6a3 3 0 1 1 4.3 2.7c-.4.2-.5.4-.5.9v.9H7.1V9.4c0-1.1.5-1.7 1.4-2.2A1.3 1.3 0 1 0 6.7 6Zm2.1 6h1.8v1.8H7.1Z",
};

/**
 * A small drawing beside a text that says the same; nothing is drawn for a name that is none of ours.
 * @param {string} name
 */
export function mark(name) {
  const svg = document.createElementNS(NAMESPACE, "svg");
  svg.setAttribute("class", "mark");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(NAMESPACE, "path");
  path.setAttribute("d", SHAPES[name] ?? "");
  path.setAttribute("fill-rule", "evenodd");
  svg.append(path);
  return svg;
}

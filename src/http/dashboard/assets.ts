import base from "./page/base.css" with { type: "text" };
import clock from "./page/clock.js" with { type: "text" };
import clusterFeed from "./page/cluster_feed.js" with { type: "text" };
import element from "./page/element.js" with { type: "text" };
import eventParser from "./page/event_parser.js" with { type: "text" };
import eventStream from "./page/event_stream.js" with { type: "text" };
import history from "./page/history.js" with { type: "text" };
import icon from "./page/icon.svg" with { type: "text" };
import journal from "./page/journal.js" with { type: "text" };
import leaseBar from "./page/lease_bar.js" with { type: "text" };
import link from "./page/link.js" with { type: "text" };
import lists from "./page/lists.css" with { type: "text" };
import mark from "./page/mark.js" with { type: "text" };
import mastersStyle from "./page/masters.css" with { type: "text" };
import masters from "./page/masters.js" with { type: "text" };
import page from "./page/page.js" with { type: "text" };
import patch from "./page/patch.js" with { type: "text" };
import sight from "./page/sight.js" with { type: "text" };
import state from "./page/state.js" with { type: "text" };
import switchover from "./page/switchover.js" with { type: "text" };
import theme from "./page/theme.js" with { type: "text" };
import verdictStyle from "./page/verdict.css" with { type: "text" };
import verdict from "./page/verdict.js" with { type: "text" };
import words from "./page/words.js" with { type: "text" };
import workers from "./page/workers.js" with { type: "text" };

/** A file that the page loads. */
export interface Asset {
  /** Relative to the page, so that a proxy may serve it below any path. */
  path: string;
  type: string;
  text: string;
}

const SCRIPTS: Readonly<Record<string, string>> = {
  clock,
  cluster_feed: clusterFeed,
  element,
  event_parser: eventParser,
  event_stream: eventStream,
  history,
  journal,
  lease_bar: leaseBar,
  link,
  mark,
  masters,
  page,
  patch,
  sight,
  state,
  switchover,
  theme,
  verdict,
  words,
  workers,
};

const scripts = Object.entries(SCRIPTS).map(([name, text]): Asset => ({
  path: `dashboard/${name}.js`,
  type: "text/javascript",
  text,
}));

const styles = Object.entries({
  base,
  verdict: verdictStyle,
  masters: mastersStyle,
  lists,
}).map(([name, text]): Asset => ({
  path: `dashboard/${name}.css`,
  type: "text/css",
  text,
}));

/** All that the page loads: the binary holds it, and nothing comes from anywhere else. */
export const ASSETS: readonly Asset[] = [
  ...styles,
  { path: "dashboard/icon.svg", type: "image/svg+xml", text: icon },
  ...scripts,
];

/** The modules of the page; it names them all at once, so that the browser need not find them one by one. */
export const SCRIPT_PATHS: readonly string[] = scripts.map(({ path }) => path);

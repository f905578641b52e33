/** The state of the watching: a line that says what is wrong, and a panel with what is watched and what that costs. */

import { byId, button, h } from "../lib/dom.js";
import { count, duration, fixed, percent } from "../lib/format.js";
import { HttpError, postForm } from "../lib/http.js";
import { _, interpolate } from "../lib/i18n.js";
import { brief } from "./text.js";
import { lasting, troubleText } from "./words.js";

/** @import { Child } from "../lib/dom.js" */
/** @import { Store } from "../lib/store.js" */
/** @import { Page, Status } from "./types.js" */

/**
 * @param {Store<Page>} store
 * @param {{now: () => number, source: string, pauseUrl: string, mayOperate: boolean, notice: (text: string) => void}} given
 * @returns {() => void} updates it; call it once a second
 */
export function wireWatching(store, { now, source, pauseUrl, mayOperate, notice }) {
  const strip = byId("trouble");
  const words = h("span");
  const bar = h("progress", { max: 1, "aria-label": _("Progress of the first scan") });
  const resume = button(_("Resume"), () => void pause(false), { "data-operate": true });
  strip.append(words, bar, h("span", { class: "sp" }), resume);
  const list = byId("watch-facts");
  const toggle = button(_("Pause watching"), () => void pause(true), { "data-operate": true });
  if (mayOperate) byId("watch-acts").append(toggle);

  const pause = async (/** @type {boolean} */ on) => {
    try {
      await postForm(pauseUrl, { on: on ? "1" : "0" });
      notice("");
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      notice(error.message);
    }
  };
  const write = () => {
    const { table, link } = store.page;
    const { status } = table;
    const state = status?.state ?? "none";
    document.body.dataset.watch = state;
    document.body.classList.toggle("old", state === "down" || state === "none");
    const said = link.state === "gone" ? null : stripWords(status, source);
    strip.hidden = said === null;
    strip.classList.toggle("error", state === "down");
    bar.hidden = state !== "discovering";
    bar.value = status?.progress ?? 0;
    resume.hidden = state !== "paused" || !mayOperate;
    if (said !== null && words.textContent !== said) words.textContent = said;
    toggle.hidden = state !== "watching" && state !== "discovering";
    list.replaceChildren(
      ...facts(status, now(), source).flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, ...value)]),
    );
  };
  store.on(["table", "link"], write);
  return write;
}

/**
 * What is wrong with the watching, in a sentence or two; null if nothing is.
 * @param {Status | null} status
 * @param {string} source
 */
export function stripWords(status, source) {
  if (status === null) {
    return _("The watcher is not running, so nothing here is up to date. Start it: manage.py watch");
  }
  switch (status.state) {
    case "discovering": {
      const text = _("Looking for locks on %(source)s: %(n)s keys read, %(percent)s.");
      return interpolate(text, { source, n: count(status.scanned), percent: percent(status.progress ?? 0, 0) });
    }
    case "paused":
      return interpolate(_("Watching is paused: %(source)s gets no commands. The countdowns have stopped."), {
        source,
      });
    case "down": {
      const said = status.trouble ? troubleText(status.trouble) : _("The server cannot be watched.");
      const why = /[.!?]$/.test(said) ? said : `${said}.`;
      return interpolate(_("Lost contact with %(source)s. %(why)s This is the last known state. Trying again."), {
        source,
        why,
      });
    }
    case "waiting":
      return interpolate(_("Waiting for %(source)s."), { source });
    default:
      return status.capped
        ? interpolate(_("%(source)s has more locks than can be watched (%(n)s)."), {
            source,
            n: count(status.locks),
          })
        : null;
  }
}

/** @type {Record<Status["way"], () => string>} */
const WAYS = {
  notifications: () => _("keyspace notifications: a change shows at once"),
  tracking: () => _("client-side caching (RESP3 tracking): a change shows at once"),
  scanning: () => _("scanning: a change shows with the next scan"),
};

/** What following the advice costs the server, by its code. @type {Record<string, () => string>} */
const ADVICE_COSTS = {
  notifications: () => _("Costs one publish per key change."),
};

/**
 * @param {Status | null} status
 * @param {number} now
 * @param {string} source
 * @returns {[string, Child[]][]}
 */
function facts(status, now, source) {
  if (!status) return [[brief(source), [_("unknown: the watcher is not running")]]];
  const { server, role, keys, way, advice, reconciled_at: at, took_ms: took, cost } = status;
  const where = [brief(server), brief(role)].filter(Boolean).join(", ");
  /** @type {[string, Child[]][]} */
  const found = [
    [
      brief(source),
      [interpolate(_("%(server)s, %(n)s keys"), { server: where || _("unknown server"), n: count(keys) })],
    ],
    [_("How"), [WAYS[way]?.() ?? brief(way)]],
  ];
  if (advice) {
    const line = h("code", { class: "cmd" }, advice.line);
    const costs = ADVICE_COSTS[advice.cost]?.() ?? advice.cost ?? "";
    found.push([_("To see more"), [adviceWords(advice.servers ?? []), line, costs]]);
  }
  if (at !== null) {
    const text = took === null ? _("%(ago)s ago") : _("%(ago)s ago, it took %(took)s");
    found.push([
      _("Last full scan"),
      [interpolate(text, { ago: duration(Math.max(0, now - at)), took: tookWords(took ?? 0) })],
    ]);
  }
  if (cost) found.push([_("What it costs"), costWords(cost)]);
  return found;
}

/** Where to run the line. @param {string[]} servers of a Cluster that lack notifications while others have them */
function adviceWords(servers) {
  const never = _("Ringviz never changes its settings.");
  if (!servers.length) return `${_("Run this on the server.")} ${never}`;
  const text = _("Only some primaries send notifications, so they are not used. Run this on %(servers)s.");
  return `${interpolate(text, { servers: servers.map((one) => brief(one)).join(", ") })} ${never}`;
}

/** @param {number} ms */
const tookWords = (ms) => (ms < 1000 ? interpolate(_("%(n)s ms"), { n: count(ms) }) : lasting(ms));

/** @param {NonNullable<Status["cost"]>} cost @returns {Child[]} */
function costWords({ calls_s: calls, by_command: by, server_us_s: us, budget_us_s: budget, throttled }) {
  const rate = (/** @type {number} */ n) => (n < 10 ? fixed(n, 1) : count(n));
  const head = interpolate(_("%(n)s commands a second"), { n: rate(calls) });
  const share =
    us === null
      ? _("server time unknown")
      : interpolate(_("about %(share)s of the server's time"), { share: percent(us / 1e6, 2) });
  const most = budget ? interpolate(_(", budget %(share)s"), { share: percent(budget / 1e6, 2) }) : "";
  const named = Object.entries(by ?? {}).sort(([, a], [, b]) => b - a);
  const rows = named.map(([name, n]) => h("li", {}, h("span", { class: "mono" }, brief(name, 40)), " ", rate(n)));
  return [
    `${head}, ${share}${most}.`,
    throttled ? ` ${_("It has used its budget and is waiting.")}` : "",
    h("span", { class: "sub ln" }, _("Server time is an estimate: the server counts all clients together.")),
    rows.length ? h("ul", { class: "cmds", "aria-label": _("Commands a second") }, ...rows) : null,
  ];
}

/**
 * The texts for a source without locks.
 * @param {Page["table"]} table
 * @param {string} source
 */
export function emptyWords({ status }, source) {
  if (!status) return [_("Which locks are held is unknown"), _("Locks show here once the watcher runs.")];
  if (status?.state === "discovering") return [_("Looking for locks"), _("Locks show here as they are found.")];
  return [
    interpolate(_("No locks are held on %(source)s"), { source }),
    _("A lock shows here as soon as any client takes one."),
  ];
}

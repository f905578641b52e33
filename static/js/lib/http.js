/** Requests to our own server. Every failure is an HttpError with a message that can be shown to the reader. */

import { gettext } from "./i18n.js";
import { serverNow } from "./server-time.js";

/** How long a POST waits for its answer: longer than the server itself waits for anything. */
export const ANSWER_WITHIN_MS = 10_000;

/** A new idempotency key: a request sent twice with the same key is carried out once. */
export const newKey = () => crypto.getRandomValues(new Uint32Array(4)).join("-");

/** A request that did not succeed. `status` is 0 if there was no answer. */
export class HttpError extends Error {
  /**
   * @param {number} status
   * @param {string} message
   * @param {Record<string, unknown>} data the JSON of the answer, {} if it had none
   */
  constructor(status, message, data = {}) {
    super(message);
    this.name = "HttpError";
    this.status = status;
    this.data = data;
  }
}

/**
 * @param {string | URL} url
 * @param {RequestInit} init
 * @returns {Promise<Response>} a 2xx response
 */
async function ask(url, init) {
  let response;
  try {
    response = await fetch(url, { credentials: "same-origin", ...init });
  } catch (error) {
    if (init.signal?.aborted) {
      throw error;
    }
    throw unanswered();
  }
  if (!response.ok) {
    throw await refusal(response);
  }
  return response;
}

const unanswered = () => new HttpError(0, gettext("The server did not answer. Try again in a few seconds."));

/**
 * Reads the body of an answer. A server that dies midway never sends the rest.
 * @template T
 * @param {Promise<T>} reading
 * @param {AbortSignal} [signal]
 * @returns {Promise<T>}
 */
async function whole(reading, signal) {
  try {
    return await reading;
  } catch (error) {
    throw signal?.aborted ? error : unanswered();
  }
}

/** @param {Response} response */
async function refusal(response) {
  /** @type {Record<string, unknown>} */
  let data = {};
  if (response.headers.get("content-type")?.includes("json")) {
    data = await response.json().catch(() => ({}));
  }
  const said = typeof data.error === "string" ? data.error : gettext("The server refused: status ") + response.status;
  return new HttpError(response.status, said, data);
}

/**
 * @param {string | URL} url
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>} the decoded JSON
 */
export async function getJson(url, signal) {
  const response = await ask(url, { headers: { accept: "application/json" }, signal: signal ?? null });
  return whole(response.json(), signal);
}

/**
 * @param {string | URL} url
 * @param {AbortSignal} [signal]
 * @returns {Promise<string>} a part of a page, rendered by the server
 */
export async function getText(url, signal) {
  const response = await ask(url, { headers: { accept: "text/html" }, signal: signal ?? null });
  return whole(response.text(), signal);
}

/**
 * @param {string | URL} url
 * @param {AbortSignal} [signal]
 * @returns {Promise<ArrayBuffer>}
 */
export async function getBinary(url, signal) {
  const response = await ask(url, { signal: signal ?? null });
  return whole(response.arrayBuffer(), signal);
}

/**
 * Posts a form with the page's CSRF token, which base.html writes only for operators, because only they may post.
 *
 * Gives up if there is no answer in time; should the request arrive later, the server refuses it (live/late.py). Requests
 * with a file have no time limit.
 * @param {string | URL} url
 * @param {FormData | Record<string, string | number>} values
 * @param {{signal?: AbortSignal, withinMs?: number}} [how] signal: cancels it earlier
 * @returns {Promise<any>} the decoded JSON
 */
export async function postForm(url, values, { signal, withinMs = ANSWER_WITHIN_MS } = {}) {
  const token = document.querySelector("meta[name=csrf-token]")?.getAttribute("content") ?? "";
  const body = values instanceof FormData ? values : new URLSearchParams(Object.entries(values).map(pair));
  /** @type {Record<string, string>} */
  const headers = { accept: "application/json", "x-csrftoken": token };
  const post = async (/** @type {AbortSignal | undefined} */ given) => {
    const response = await ask(url, { method: "POST", body, headers, signal: given ?? null });
    return whole(response.json(), given);
  };
  if (values instanceof FormData) return post(signal);
  const now = serverNow();
  if (now !== null) headers["x-ringviz-until"] = String(Math.round(now + withinMs));
  return inTime(post, withinMs, signal);
}

/**
 * @template T
 * @param {(signal: AbortSignal) => Promise<T>} work
 * @param {number} withinMs
 * @param {AbortSignal} [signal] the caller's
 * @returns {Promise<T>}
 */
async function inTime(work, withinMs, signal) {
  const both = new AbortController();
  const giveUp = () => both.abort();
  const timer = setTimeout(giveUp, withinMs);
  signal?.addEventListener("abort", giveUp);
  try {
    return await work(both.signal);
  } catch (error) {
    throw both.signal.aborted && !signal?.aborted ? unanswered() : error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", giveUp);
  }
}

/** @param {[string, string | number]} entry */
const pair = ([name, value]) => [name, String(value)];

/** Asking our own server. Every failure is an HttpError whose message can be shown to a person. */

import { gettext } from "./i18n.js";

/** A request that did not succeed. `status` is 0 when no answer came at all. */
export class HttpError extends Error {
  /**
   * @param {number} status
   * @param {string} message
   * @param {Record<string, unknown>} data the JSON of the answer, {} when it had none
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
 * @returns {Promise<Response>} an answer of 2xx
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

const unanswered = () => new HttpError(0, gettext("The server did not answer. Check that it runs, then try again."));

/**
 * The rest of an answer, which a server that dies in the middle does not send.
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
 * @returns {Promise<ArrayBuffer>}
 */
export async function getBinary(url, signal) {
  const response = await ask(url, { signal: signal ?? null });
  return whole(response.arrayBuffer(), signal);
}

/**
 * Posts a form with the page's CSRF token (base.html writes it for operators only, who alone may post).
 * @param {string | URL} url
 * @param {FormData | Record<string, string | number>} values
 * @returns {Promise<any>} the decoded JSON
 */
export async function postForm(url, values) {
  const token = document.querySelector("meta[name=csrf-token]")?.getAttribute("content") ?? "";
  const body = values instanceof FormData ? values : new URLSearchParams(Object.entries(values).map(pair));
  const headers = { accept: "application/json", "x-csrftoken": token };
  const response = await ask(url, { method: "POST", body, headers });
  return whole(response.json());
}

/** @param {[string, string | number]} entry */
const pair = ([name, value]) => [name, String(value)];

/** A number field for each parameter of the chosen strategy. */

import { h } from "./dom.js";
import { optionsOf } from "./strategies.js";

/** @import { Cluster, StrategyOption } from "./types.js" */

const REST_MS = 350;
/** The step of an arrow key for a parameter that accepts any number. */
const STEP = 0.05;

/**
 * @param {HTMLElement} host the parent of the fields
 * @param {(options: Record<string, number>) => void} ask
 * @returns {(cluster: Cluster, may: boolean, why: string) => void} shows the current values; text being typed stays
 */
export function wireOptions(host, ask) {
  /** @type {{strategy: string, fields: Field[]}} */
  let shown = { strategy: "", fields: [] };
  let timer = 0;

  const submit = () => {
    clearTimeout(timer);
    const { fields } = shown;
    const known = fields.filter((field) => field.input.isConnected);
    if (known.length === 0 || !known.map(isRight).every(Boolean)) return;
    if (known.every(({ input, value }) => Number(input.value) === value)) return;
    ask(Object.fromEntries(known.map(({ option, input }) => [option.name, Number(input.value)])));
  };
  // Arrow keys go one step at a time. Only the value at which they stop is meant.
  host.addEventListener("change", () => {
    clearTimeout(timer);
    if (shown.fields.map(isRight).every(Boolean)) timer = setTimeout(submit, REST_MS);
  });
  host.closest("form")?.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });

  return (cluster, may, why) => {
    const { strategy, options = {} } = cluster;
    if (shown.strategy !== strategy) {
      clearTimeout(timer);
      shown = { strategy, fields: optionsOf(cluster).map(fieldOf) };
      host.replaceChildren(...shown.fields.map(({ box }) => box));
      host.hidden = shown.fields.length === 0;
    }
    for (const field of shown.fields) {
      const value = options[field.option.name] ?? field.option.default;
      if (field.value !== value) {
        field.value = value;
        field.input.value = String(value);
        isRight(field);
      }
      field.input.disabled = !may;
      field.input.title = why;
    }
  };
}

/** @typedef {{option: StrategyOption, value: number | null, input: HTMLInputElement, line: HTMLElement, box: HTMLElement}} Field */

/**
 * @param {StrategyOption} option
 * @returns {Field}
 */
function fieldOf(option) {
  const id = `option-${option.name}`;
  const input = h("input", {
    id,
    type: "number",
    min: option.lowest,
    max: option.highest,
    step: option.wanted === "any" ? STEP : 1,
    "aria-describedby": `${id}-error`,
    autocomplete: "off",
  });
  const line = h("p", { class: "err", id: `${id}-error`, role: "alert", "data-for": "options", hidden: true });
  const label = h("label", { class: "lab", for: id }, option.label);
  return { option, value: null, input, line, box: h("div", {}, label, h("div", { class: "field" }, input), line) };
}

/**
 * Shows the allowed values at the field if its value is not one of them.
 * @param {Field} field
 */
function isRight({ option, input, line }) {
  const right = allows(option, input.value);
  line.textContent = right ? "" : option.bounds;
  line.hidden = right;
  input.setAttribute("aria-invalid", String(!right));
  return right;
}

/**
 * Whether a text is a valid number for an option.
 * @param {Pick<StrategyOption, "lowest" | "highest" | "wanted">} option
 * @param {string} text
 */
export function allows({ lowest, highest, wanted }, text) {
  const number = text.trim() === "" ? Number.NaN : Number(text);
  if (!(number >= lowest && number <= highest)) return false;
  return wanted === "any" || (Number.isInteger(number) && (wanted === "whole" || isPrime(number)));
}

/** @param {number} number */
function isPrime(number) {
  for (let by = 2; by * by <= number; by++) if (number % by === 0) return false;
  return number > 1;
}

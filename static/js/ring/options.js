/** A number field for each parameter of the strategy that is chosen. */

import { h } from "./dom.js";
import { optionsOf } from "./strategies.js";

/** @import { Cluster, StrategyOption } from "./types.js" */

const REST_MS = 350;
/** How far an arrow key goes where every number may be. */
const STEP = 0.05;

/**
 * @param {HTMLElement} host where the fields are
 * @param {(options: Record<string, number>) => void} ask
 * @returns {(cluster: Cluster, may: boolean, why: string) => void} shows what is; what is being typed stays
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
  // Arrow keys change a step at a time: what is meant is where they stop.
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
 * Says at the field what is allowed, where something else stands in it.
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
 * Whether a text is a number that an option may be.
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

/**
 * Links to the glossary that a script makes. The page's template has them ready, in `<template id="terms">`, so a term is
 * defined by the server alone.
 */

/**
 * @param {string} slug a term that the template offers
 * @param {string} text what is linked
 * @returns {HTMLElement} the link; a plain element where the page offers no such term, so that the text still stands
 */
export function termLink(slug, text) {
  const offered = document.querySelector("#terms");
  const found = offered instanceof HTMLTemplateElement && offered.content.querySelector(`[data-term="${slug}"]`);
  const element = found ? /** @type {HTMLElement} */ (found.cloneNode(false)) : document.createElement("span");
  element.dataset.key = slug; // it keeps the focus when its part of the page is made anew
  element.textContent = text;
  return element;
}

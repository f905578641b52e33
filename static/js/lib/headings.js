/** Gives each cell of a list of Django's admin the words above its column, for admin_lists.css: there rows can be cards. */

const list = document.querySelector("#result_list");
const heads = [...(list?.querySelectorAll("thead th") ?? [])].map((head) => head.querySelector(".text a, .text span"));
for (const row of list?.querySelectorAll("tbody tr") ?? []) {
  [...row.children].forEach((cell, i) => {
    const words = heads[i]?.textContent?.trim();
    if (words && cell instanceof HTMLElement) cell.dataset.h = words;
  });
}

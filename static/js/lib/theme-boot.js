// Runs before the first paint, as a plain blocking script: `?theme=` of the address, else the choice that was kept, else light.
(() => {
  const asked = new URLSearchParams(location.search).get("theme");
  let kept = null;
  try {
    kept = localStorage.getItem("ringviz:theme");
  } catch {
    // Storage is refused in some private windows: the page is light then.
  }
  const theme = asked ?? kept;
  document.documentElement.dataset.theme = theme === "dark" ? "dark" : "light";
})();

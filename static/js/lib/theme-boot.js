// A plain blocking script that runs before the first paint. The theme is `?theme=` of the URL, else the saved choice, else light.
(() => {
  const asked = new URLSearchParams(location.search).get("theme");
  let kept = null;
  try {
    kept = localStorage.getItem("ringviz:theme");
  } catch {
    // Some private windows refuse storage; the page is then light.
  }
  const theme = asked ?? kept;
  document.documentElement.dataset.theme = theme === "dark" ? "dark" : "light";
})();

"""What a page's layout is measured by: what scrolls sideways, sticks out, is cut off, overlaps or is hard to hit."""

from playwright.sync_api import Page

# Wide tables and commands scroll in boxes of their own, where they do not fit; nothing else may.
MEASURE = """
({least, wide}) => {
  const SCROLLS = ".cmd, pre, textarea" + (wide ? "" : ", .sheet, .scroll, .why-sheet, .results, .overflow-x");
  const found = [];
  const root = document.documentElement;
  const called = (one) => {
    const words = (one.textContent ?? "").trim().replace(/\\s+/g, " ").slice(0, 24);
    const where = one.closest("[id]");
    return `${one.localName}${[...one.classList].map((name) => `.${name}`).join("")} in #${where?.id} "${words}"`;
  };
  const styles = new Map();
  const style = (one) => {
    if (!styles.has(one)) styles.set(one, getComputedStyle(one));
    return styles.get(one);
  };
  // What only a screen reader is to find is clipped to nothing.
  const clips = (one) => one !== document.body &&
    (/inset|rect\\(0px/.test(style(one).clipPath + style(one).clip) || clips(one.parentElement));
  const seen = (one) => one.checkVisibility({visibilityProperty: true, opacityProperty: true}) &&
    !one.closest(".vh, .skip, .skip-to-content-link, [inert], [hidden]") && !clips(one);
  const modal = document.querySelector("dialog[open]");
  const all = [...(modal ?? document.body).querySelectorAll("*")].filter(seen);

  if (root.scrollWidth > root.clientWidth)
    found.push(`the page scrolls sideways: ${root.scrollWidth} in ${root.clientWidth}`);
  for (const one of all) {
    if (/auto|scroll/.test(style(one).overflowX) && one.scrollWidth > one.clientWidth + 1 && !one.matches(SCROLLS))
      found.push(`scrolls sideways by ${one.scrollWidth - one.clientWidth}: ${called(one)}`);
  }

  // What is seen of a box: less than all of it where something clips it. A box that scrolls can be scrolled to.
  const clipped = (one, box) => {
    let [x1, y1, x2, y2] = [box.left, box.top, box.right, box.bottom];
    let cut = "";
    let [freeX, freeY] = [false, false];
    for (let up = one; up && up !== document.body; up = up.parentElement) {
      const how = style(up);
      if (how.position === "fixed") break;
      if (up === one && !(one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight)) continue;
      if (how.overflowX === "visible" && how.overflowY === "visible") continue;
      if (how.display === "inline" || up.localName === "svg") continue;
      const edge = up.getBoundingClientRect();
      const words = how.textOverflow === "ellipsis" || how.webkitLineClamp !== "none";
      if (how.overflowX !== "visible") {
        if (/auto|scroll/.test(how.overflowX)) freeX = true;
        else if (!words && !freeX && (x2 > edge.right + 2 || x1 < edge.left - 2)) cut = `by ${called(up)}`;
        [x1, x2] = [Math.max(x1, edge.left), Math.min(x2, edge.right)];
      }
      if (how.overflowY !== "visible") {
        if (/auto|scroll/.test(how.overflowY)) freeY = true;
        else if (!words && !freeY && (y2 > edge.bottom + 3 || y1 < edge.top - 3)) cut = `by ${called(up)}`;
        [y1, y2] = [Math.max(y1, edge.top), Math.min(y2, edge.bottom)];
      }
    }
    return {x1, y1, x2, y2, cut, freeX};
  };

  const CONTROLS = "button, select, input:not([type=hidden]), textarea, summary, a.btn, [role=tab]";
  const isControl = (one) => one.matches(CONTROLS);
  const boxes = [];
  for (const one of all) {
    const of = [];
    if (isControl(one)) of.push(one.getBoundingClientRect());
    else for (const child of one.childNodes) {
      if (child.nodeType !== 3 || !child.data.trim() || one.closest("option, datalist")) continue;
      const range = document.createRange();
      range.selectNodeContents(child);
      of.push(...range.getClientRects());
    }
    for (const box of of) {
      if (box.width < 2 || box.height < 2) continue;
      const part = clipped(one, box);
      if (part.cut) found.push(`cut off ${part.cut}: ${called(one)}`);
      if (!part.freeX && (box.left < -1 || box.right > root.clientWidth + 1))
        found.push(`sticks out to ${Math.round(box.left)}..${Math.round(box.right)}: ${called(one)}`);
      if (one.matches("#nodes .x, .scroll .x") && part.x2 - part.x1 < box.width - 1)
        found.push(`cut off at the edge of its table: ${called(one)}`);
      if (part.x2 - part.x1 > 1 && part.y2 - part.y1 > 1) boxes.push({one, ...part});
    }
    const shortened = () => all.some((part) => one.contains(part) && style(part).textOverflow === "ellipsis");
    const wide = one.scrollWidth > one.clientWidth + 1;
    if (one.matches("button, summary, a.btn, [role=tab]") && wide && !shortened())
      found.push(`words wider than the control: ${called(one)}`);
  }

  // A layer above the others covers what is scrolled below it: only boxes of one layer may not meet.
  const layer = (one) => {
    for (let up = one; up && up !== document.body; up = up.parentElement)
      if (/fixed|sticky/.test(style(up).position) || up.matches(".panel, .menu-box, .pick ul, dialog")) return up;
    return null;
  };
  for (const box of boxes) box.layer = layer(box.one);
  boxes.sort((a, b) => a.y1 - b.y1);
  boxes.forEach((a, i) => {
    for (let j = i + 1; j < boxes.length && boxes[j].y1 < a.y2 - 2; j += 1) {
      const b = boxes[j];
      if (a.layer !== b.layer || a.one.contains(b.one) || b.one.contains(a.one)) continue;
      const [w, h] = [Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1), Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1)];
      if (w > 2 && h > 8)
        found.push(`overlap by ${Math.round(w)}x${Math.round(h)}: ${called(a.one)} and ${called(b.one)}`);
    }
  });

  for (const one of all.filter(isControl)) {
    const spread = getComputedStyle(one, "::after");
    const whole = spread.position === "absolute" && spread.inset === "0px" ? one.offsetParent ?? one : one;
    const box = (one.closest("label, .field") ?? whole).getBoundingClientRect();
    const own = one.matches("[type=checkbox], [type=radio]") ? 24 : least;
    if (box.width > 1 && box.height > 1 && (box.height < own - 0.5 || box.width < own - 0.5))
      found.push(`target of ${Math.round(box.width)}x${Math.round(box.height)}: ${called(one)}`);
  }
  const ring = document.querySelector("#ring");
  if (ring && seen(ring)) {
    const {width, height} = ring.getBoundingClientRect();
    if (Math.min(width, height) < 230) found.push(`the ring has ${Math.round(width)}x${Math.round(height)}`);
  }
  return [...new Set(found)];
}
"""


def faults(page: Page, *, touch: bool = False) -> list[str]:
    """What is wrong with the layout of what the page shows now: a line each, empty where nothing is.

    Targets are 24 px at least, 44 where they are touched. From 1440 px on tables may not scroll sideways either.
    """
    size = page.viewport_size or {"width": 0}
    asked = {"least": 44 if touch else 24, "wide": size["width"] >= 1440}
    return [str(line) for line in page.evaluate(MEASURE, asked)]

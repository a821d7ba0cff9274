// Where the focus is, and where it should come.

/** What has the focus, and how one sees that it has it; `null` if nothing of the page has. Runs in the page. */
export function describeFocus() {
  const element = document.activeElement;
  if (element === null || element === document.body || element === document.documentElement) {
    return null;
  }
  const outlined = (node) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(node);
    return outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2;
  };
  // Some controls are not seen themselves: what stands for them shows the focus, and takes the pointer.
  const seen = () => {
    if (element.matches("[type=range]")) return element.parentElement;
    if (element.matches(".sr-only, .console-field input")) return element.closest("label, .console-field") ?? element;
    return element.closest(".sr-only") ? element.closest(".sequence").querySelector(".seq") : element;
  };
  const stands = seen();
  const box = stands.getBoundingClientRect();
  // Of what is higher than the window any part will do.
  const inView = (from, to, most) => (Math.max(from, 0) + Math.min(to, most)) / 2;
  const x = inView(box.left, box.right, innerWidth);
  const top = document.elementFromPoint(x, inView(box.top, box.bottom, innerHeight));
  const drawn = element.closest(".sr-only") && stands.matches(".seq") ? stands.querySelector(".hot") !== null : outlined(element) || outlined(stands);
  return {
    name: element.getAttribute("aria-label") ?? (element.labels?.[0] ?? element).textContent.trim(),
    mark: element.dataset.mark,
    outlined: drawn,
    reachable: top !== null && (stands.contains(top) || top.contains(stands) || stands.matches(".seq")),
    // Within a list that scrolls as well.
    place: { y: box.y + scrollY + (element.closest("[popover]")?.scrollTop ?? 0), height: box.height },
    parent: element.parentElement.dataset.parent ??= String((globalThis.parents = (globalThis.parents ?? 0) + 1)),
  };
}

/** Numbers all that Tab should reach, in the document's order, and gives how many there are. */
export function markControls(page) {
  return page.evaluate(() => {
    const within = document.querySelector("dialog[open]") ?? document;
    const controls = within.querySelectorAll("button, select, input, a[href], summary, [tabindex]");
    const reached = [...controls].filter(
      (element) => element.tabIndex >= 0 && element.checkVisibility() && !element.closest("dialog:not([open])"),
    );
    reached.forEach((element, i) => (element.dataset.mark = String(i)));
    return reached.length;
  });
}

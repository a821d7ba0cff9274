// Whether everything fits, can be read and can be pressed.

/** What is wrong with the page's geometry at this moment, a line each. Runs in the page. */
export function geometryFaults() {
  const faults = [];
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) {
    faults.push(`the page is ${scrollWidth} px wide in ${clientWidth} px`);
  }
  const shown = (element) => element.checkVisibility() && !element.closest(".sr-only, .symbols");
  const nameOf = (element) => (element.getAttribute("aria-label") ?? element.textContent).trim().slice(0, 40);
  const sizeOf = (element) => {
    const drawing = element.closest("svg text") ? element.closest("text").getScreenCTM() : null;
    const scale = drawing ? Math.hypot(drawing.a, drawing.b) : 1;
    return Number.parseFloat(getComputedStyle(element).fontSize) * scale;
  };
  const check = (element, text) => {
    const size = sizeOf(element);
    if (text.trim() !== "" && shown(element) && size < 13.99) {
      faults.push(`“${text.trim().slice(0, 30)}” is ${size.toFixed(2)} px`);
    }
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    check(texts.currentNode.parentElement, texts.currentNode.data);
  }
  for (const control of document.querySelectorAll("button, select, input, a[href], summary, [role=switch], [role=slider]")) {
    if (!shown(control)) continue;
    check(control, control.value || "-");
    // A label around a field is part of what can be pressed; around a select it isn't.
    const target = control.matches("input") ? (control.closest("label") ?? control) : control;
    const { width, height } = target.getBoundingClientRect();
    if (width < 24 || height < 24) {
      faults.push(`“${nameOf(control)}” is ${width.toFixed(1)} × ${height.toFixed(1)} px`);
    }
    // A text to be copied, and a line of a list that ends in dots, say the rest elsewhere.
    const parts = control.matches("[readonly], [type=range], select, .longest") ? [] : [control, ...control.querySelectorAll("span, b, code, kbd")];
    for (const part of parts) {
      const hides = getComputedStyle(part).overflowX !== "visible" || part.matches("input, button");
      if (hides && part.clientWidth > 0 && part.scrollWidth > part.clientWidth + 1 && !part.closest(".sr-only, .more, [title]")) {
        faults.push(`“${nameOf(part) || part.value || nameOf(control)}” is cut off: ${part.scrollWidth} px in ${part.clientWidth} px`);
      }
    }
  }
  for (const text of document.querySelectorAll("svg text")) {
    if (!shown(text) || text.textContent.trim() === "" || text.closest(".pill, .lost")) continue;
    const [box, room] = [text.getBoundingClientRect(), text.ownerSVGElement.getBoundingClientRect()];
    const outside = Math.max(room.left - box.left, box.right - room.right);
    if (outside > 1.5 && getComputedStyle(text.ownerSVGElement).overflow !== "visible") {
      faults.push(`“${text.textContent}” is drawn ${outside.toFixed(1)} px outside`);
    }
  }
  return faults;
}

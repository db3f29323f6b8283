/* What has the focus, as somebody sees it who has keys alone; null while nothing has it. */
() => {
  const here = document.activeElement;
  if (!here || here === document.body) return null;
  const words = (element) => {
    const labelled = (element.getAttribute("aria-labelledby") || "").split(/\s+/).filter(Boolean)
      .map((id) => document.getElementById(id)?.textContent || "").join(" ");
    const labels = [...(element.labels || [])].map((label) => label.textContent).join(" ");
    const own = element.matches("input, select, textarea") ? "" : element.textContent;
    return (element.getAttribute("aria-label") || labelled || labels || own || element.title).trim().replace(/\s+/g, " ");
  };
  const problems = [];
  const line = (element) => {
    const style = getComputedStyle(element);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && !/, 0\)$|\/ 0\)$|transparent/.test(style.outlineColor);
  };
  /* Where the element itself cannot be seen, its label carries the ring. */
  const label = here.closest("label");
  const bearer = label && getComputedStyle(here).opacity === "0" ? label : here;
  if (!line(bearer)) problems.push("has no ring");
  if (!bearer.checkVisibility({visibilityProperty: true, opacityProperty: true})) problems.push("cannot be seen");
  const box = bearer.getClientRects()[0] || bearer.getBoundingClientRect();
  const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
  const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
  if (right - left < 2 || bottom - top < 2) problems.push("is out of sight");
  else {
    const met = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    if (!met || !(bearer.contains(met) || met.contains(bearer))) problems.push("is covered by " + met?.outerHTML.slice(0, 80));
  }
  const place = {element: here, top: box.top + scrollY, bottom: box.bottom + scrollY, left: box.left, right: box.right,
                 room: here.closest("li, section, aside, form, header, nav, fieldset, [role=group]")};
  const before = window.focusBefore;
  window.focusBefore = place;
  if (here.tabIndex > 0) problems.push("has a place of its own in the order");
  return {
    name: words(here), id: here.id, tag: here.tagName.toLowerCase(), problems,
    in_main: Boolean(here.closest("main")),
    describes: (here.getAttribute("aria-describedby") || "").split(/\s+/).filter(Boolean)
      .map((id) => document.getElementById(id)?.textContent || "").join(" ").trim().replace(/\s+/g, " "),
    is_invalid: here.getAttribute("aria-invalid") === "true",
    /* Within one part of a page the next stop is never to the left in the same line, nor above. */
    goes_back: Boolean(before && before.element.isConnected && before.element !== here && before.room === place.room && (
      place.bottom <= before.top + 1 || (place.right <= before.left + 1 && place.top < before.bottom - 1))),
  };
}

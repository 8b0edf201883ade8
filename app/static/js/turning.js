// Pages of a document by the arrow keys: the links of the page do the same without scripts.

export function turning(nav) {
  document.addEventListener("keydown", (event) => {
    const away = event.altKey || event.ctrlKey || event.metaKey;
    if (away || event.target.closest("input, textarea, select, [tabindex]")) return;
    const way = { ArrowLeft: event.shiftKey ? "first" : "prev", ArrowRight: event.shiftKey ? "last" : "next" }[event.key];
    const link = way && nav.querySelector(`a[rel~="${way}"]`);
    if (!link) return;
    event.preventDefault();
    link.click();
  });
}

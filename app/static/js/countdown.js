/** Seconds in which something can still be cancelled; when they are over the page tells how it ended. */
export function countdown(form) {
  const place = form.querySelector("[data-left]");
  const ends = performance.now() + Number(form.dataset.seconds) * 1000;
  const tick = setInterval(() => {
    const left = Math.max(0, Math.ceil((ends - performance.now()) / 1000));
    place.textContent = `(${left})`;
    if (left) return;
    clearInterval(tick);
    setTimeout(() => location.replace(location.href), 1500);
  }, 500);
  form.addEventListener("submit", () => clearInterval(tick));
}

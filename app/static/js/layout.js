// A template of letters while it is written: lines are numbered, the sheet is set anew when the
// writer rests, errors are marked at their lines.  Without scripts the button "Show" does it.

const QUIET = 900;

export function layout(form) {
  const text = form.querySelector("textarea");
  const numbers = form.querySelector(".code-lines");
  const place = form.querySelector("[data-trial]");
  let timer;
  let asked = null;

  const number = () => {
    const lines = text.value.split("\n");
    const bad = new Set([...place.querySelectorAll("[data-line]")].map((one) => Number(one.dataset.line)));
    numbers.replaceChildren(
      ...lines.map((_line, at) => {
        const one = document.createElement("span");
        one.textContent = at + 1;
        one.classList.toggle("code-bad", bad.has(at + 1));
        return one;
      }),
    );
    text.rows = lines.length;
    text.cols = Math.max(...lines.map((line) => line.length)) + 2;
  };

  const show = async () => {
    asked?.abort();
    asked = new AbortController();
    place.setAttribute("aria-busy", "true");
    try {
      const headers = { "X-Part": "trial" };
      const answer = await fetch(form.dataset.try, { method: "POST", body: new FormData(form), headers, signal: asked.signal });
      if (!answer.ok) return;
      place.innerHTML = await answer.text();
      place.removeAttribute("aria-busy");
      number();
    } catch (error) {
      // A newer text is on its way; without a connection the button says so.
      if (error.name !== "AbortError") place.removeAttribute("aria-busy");
    }
  };

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(show, QUIET);
  };

  text.addEventListener("input", () => {
    number();
    soon();
  });
  for (const choice of form.querySelectorAll("select")) choice.addEventListener("change", show);
  place.addEventListener("click", (event) => {
    const line = Number(event.target.closest("[data-go]")?.dataset.go);
    if (!line) return;
    event.preventDefault();
    const before = text.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    text.focus();
    text.setSelectionRange(before, before + text.value.split("\n")[line - 1].length);
    // Words of a letter bear no numbers: the browser itself brings what is selected into sight.
    if (numbers.offsetParent) numbers.children[line - 1].scrollIntoView({ block: "center" });
  });
}

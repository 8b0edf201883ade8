import { make } from "./dom.js";
import { say } from "./texts.js";

const QUIET = 1500;
const SHORTEST = 40;

/**
 * Shows beside a text that is being written what it is likely about, whose matter that usually is
 * and a published answer.  data-address takes "text" and keeps nothing; data-advice is the place.
 */
export function advice(area) {
  const place = document.getElementById(area.dataset.advice);
  let timer;
  let asked = null;
  let last = "";

  const ask = async () => {
    const text = area.value.trim();
    if (text === last || !area.isConnected) return;
    last = text;
    asked?.abort();
    if (text.length < SHORTEST) {
      place.hidden = true;
      return;
    }
    asked = new AbortController();
    const body = new FormData();
    body.append("text", text);
    try {
      const answer = await fetch(area.dataset.address, { method: "POST", body, signal: asked.signal });
      if (answer.ok) show(await answer.json());
    } catch {
      last = ""; // No connection, or a newer text: a hint is never worth a word about that.
    }
  };

  const show = ({ questions, body, answer }) => {
    const lines = [];
    if (questions.length) lines.push(make("p", {}, say("adviceTopic"), " ", make("strong", { lang: "ru" }, questions.join("; ")), ". ", say("adviceFree")));
    if (body) lines.push(make("p", {}, say("adviceBody"), " ", make("strong", { lang: "ru" }, body), ". ", say("adviceSent")));
    if (answer) {
      lines.push(make("p", {}, say("adviceAnswer"), " ",
        make("a", { href: answer.url, target: "_blank", rel: "noopener" }, answer.title, make("span", { class: "visually-hidden" }, ` ${say("newTab")}`))));
    }
    place.replaceChildren(...lines);
    place.hidden = lines.length === 0;
  };

  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, QUIET);
  });
  if (area.value.trim()) timer = setTimeout(ask, QUIET);
}

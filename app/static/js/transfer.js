import { say } from "./texts.js";

// Ways a file goes up.  Each returns {done, cancel}: `done` is a promise of {id, name, size, sha256}
// that fails with a sentence for the person, with `Refused`, or with null when `cancel()` was called.

const PIECE = 1024 * 1024;
const DAY = 24 * 3600 * 1000;
const LONGEST_PAUSE = 15_000;
const PATIENCE = 8;

/** The server will not have this file, however often it is sent; `text` says why. */
export class Refused {
  constructor(text) {
    this.text = text;
  }
}

/** In one request; `address` takes it as "file", with `owner`. */
export function atOnce(file, { address, owner, token, onProgress }) {
  const body = new FormData();
  body.append("file", file);
  if (owner) body.append("owner", owner);
  const headers = { "X-CSRFToken": token, Accept: "application/json" };
  const sent = ask("POST", address, headers, body, (loaded) => onProgress(loaded / file.size));
  const done = sent.done.then((answer) => {
    if (answer.status === 201) return JSON.parse(answer.responseText);
    throw reason(answer);
  }, (broken) => {
    throw broken && say("failed");
  });
  return { done, cancel: sent.cancel };
}

/**
 * In pieces, by the tus protocol (tus.io, 1.0.0) at `address`: after a break it goes on where it
 * ended, also when the page was closed meanwhile and the same file is chosen for the same `owner`.
 * A lost connection is waited for as long as the page is open; `onBreak` tells of it.
 */
export function inPieces(file, { address, owner, onProgress, onBreak }) {
  let running = null;
  let stopped = false;
  let place = remembered(owner, file);
  let failures = 0;

  const call = async (method, url, headers = {}, body = null, progress = null) => {
    if (stopped) throw null;
    running = ask(method, url, { "Tus-Resumable": "1.0.0", ...headers }, body, progress);
    return running.done;
  };

  const begin = async () => {
    const metadata = Object.entries({ filename: file.name, owner });
    const answer = await call("POST", address, {
      "Upload-Length": file.size,
      "Upload-Metadata": metadata.map(([name, value]) => `${name} ${base64(value)}`).join(","),
    });
    if (answer.status !== 201) throw refusal(answer);
    place = answer.getResponseHeader("Location");
    remember(owner, file, place);
  };

  const come = async () => {
    const answer = await call("HEAD", place);
    if (answer.status === 404) {
      place = null;
      return null;
    }
    if (answer.status !== 200) throw refusal(answer);
    return Number(answer.getResponseHeader("Upload-Offset"));
  };

  const send = async (offset) => {
    const answer = await call(
      "PATCH", place,
      { "Content-Type": "application/offset+octet-stream", "Upload-Offset": offset },
      file.slice(offset, offset + PIECE),
      (loaded) => onProgress((offset + loaded) / file.size),
    );
    if (answer.status !== 204) throw refusal(answer);
    failures = 0;
    return Number(answer.getResponseHeader("Upload-Offset"));
  };

  const attempt = async () => {
    if (!place) await begin();
    let offset = await come();
    if (offset === null) return attempt();
    while (offset < file.size) offset = await send(offset);
    return stored(await call("POST", `${place}/take`));
  };

  const persist = async () => {
    for (;;) {
      try {
        return await attempt();
      } catch (problem) {
        if (stopped || !(problem instanceof Passing)) throw stopped ? null : problem;
        failures += 1;
        if (problem.answered && failures > PATIENCE) throw say("failed");
        onBreak();
        await pause(Math.min(LONGEST_PAUSE, 500 * 2 ** failures));
      }
    }
  };

  const cancel = () => {
    stopped = true;
    running?.cancel();
    if (place) fetch(place, { method: "DELETE", headers: { "Tus-Resumable": "1.0.0" } }).catch(() => {});
    forget(owner, file);
  };
  const done = persist().finally(() => forget(owner, file));
  return { done, cancel };
}

/** What passes by itself: no connection, a server that starts anew, another sender of the piece. */
class Passing extends Error {
  constructor(answered) {
    super();
    this.answered = answered;
  }
}

function refusal(answer) {
  const passing = answer.status >= 500 || [409, 423, 429].includes(answer.status);
  return passing ? new Passing(true) : reason(answer);
}

function stored(answer) {
  if (answer.status === 201) return JSON.parse(answer.responseText);
  throw refusal(answer);
}

function reason(answer) {
  if (answer.status === 429) return say("tooMany");
  try {
    const { detail } = JSON.parse(answer.responseText);
    return detail && [413, 422].includes(answer.status) ? new Refused(detail) : detail || say("failed");
  } catch {
    return say("failed");
  }
}

function ask(method, address, headers, body, onProgress) {
  const request = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    request.addEventListener("load", () => resolve(request));
    request.addEventListener("error", () => reject(new Passing(false)));
    request.addEventListener("abort", () => reject(null));
    if (onProgress) request.upload.addEventListener("progress", (event) => onProgress(event.loaded));
    request.open(method, address);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.send(body);
  });
  return { done, cancel: () => request.abort() };
}

function pause(milliseconds) {
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer);
      window.removeEventListener("online", go);
      resolve();
    };
    const timer = setTimeout(go, milliseconds);
    window.addEventListener("online", go);
  });
}

function base64(text) {
  return btoa(String.fromCodePoint(...new TextEncoder().encode(text)));
}

// Where a file of this form was going, in case the page is closed before it is there.

const keyOf = (owner, file) => `pieces:${owner}:${file.name}:${file.size}:${file.lastModified}`;

function remembered(owner, file) {
  try {
    const kept = JSON.parse(localStorage.getItem(keyOf(owner, file)));
    return kept && Date.now() - kept.at < DAY ? kept.place : null;
  } catch {
    return null;
  }
}

function remember(owner, file, place) {
  try {
    localStorage.setItem(keyOf(owner, file), JSON.stringify({ at: Date.now(), place }));
  } catch {
    return; // Without it the file only begins anew.
  }
}

function forget(owner, file) {
  try {
    localStorage.removeItem(keyOf(owner, file));
  } catch {
    return; // Nothing could have been kept either.
  }
}

// Finds the number whose SHA-256 with the salt is the one given.  The browser's own digest is asked
// one by one and needs https; this one is some dozen times faster and needs nothing.

const K = new Uint32Array(64);
const START = new Uint32Array(8);
{
  const fraction = (number) => (number - Math.floor(number)) * 2 ** 32;
  let found = 0;
  for (let number = 2; found < 64; number += 1) {
    let prime = true;
    for (let by = 2; by * by <= number; by += 1) if (number % by === 0) prime = false;
    if (!prime) continue;
    if (found < 8) START[found] = fraction(number ** (1 / 2));
    K[found] = fraction(number ** (1 / 3));
    found += 1;
  }
}

const W = new Uint32Array(64);

function turn(word, by) {
  return (word >>> by) | (word << (32 - by));
}

/** Mix one block of 64 bytes into the state. */
function mix(state, block) {
  for (let at = 0; at < 16; at += 1) W[at] = block.getUint32(at * 4);
  for (let at = 16; at < 64; at += 1) {
    const one = W[at - 15];
    const two = W[at - 2];
    W[at] = W[at - 16] + (turn(one, 7) ^ turn(one, 18) ^ (one >>> 3)) + W[at - 7] + (turn(two, 17) ^ turn(two, 19) ^ (two >>> 10));
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let at = 0; at < 64; at += 1) {
    const first = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[at] + W[at]) | 0;
    const second = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, at) => { state[at] += word; });
}

function sha256(text) {
  const bytes = new TextEncoder().encode(text);
  const padded = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 4, bytes.length * 8);
  const state = START.slice();
  for (let at = 0; at < padded.length; at += 64) mix(state, new DataView(padded.buffer, at, 64));
  return state;
}

self.addEventListener("message", ({ data: { salt, challenge, maxnumber } }) => {
  const began = performance.now();
  const wanted = challenge.match(/.{8}/g).map((part) => parseInt(part, 16));
  for (let number = 0; number <= maxnumber; number += 1) {
    const found = sha256(salt + number);
    if (found.every((word, at) => word === wanted[at])) {
      self.postMessage({ number, took: Math.round(performance.now() - began) });
      return;
    }
  }
  throw new Error("No number fits.");
});

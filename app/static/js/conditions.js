// Shows and hides the fields of a task's form while it is filled in.  The conditions are those
// of the form's schema; the server applies them again, so a condition this small reader does not
// know simply leaves the field in view.

const pattern = /\s*(?:(\d+(?:\.\d+)?)|"([^"]*)"|'([^']*)'|([A-Za-z_][A-Za-z0-9_]*)|(==|!=|<=|>=|&&|\|\||[<>!=()[\],]))/y;
const words = { and: "&&", or: "||", not: "!", eq: "==", ne: "!=", lt: "<", gt: ">", le: "<=", ge: ">=" };
const literals = { true: true, false: false, null: null, True: true, False: false, None: null };

export function conditions(form) {
  const parts = [...form.querySelectorAll("[data-hide]")].map((part) => ({ part, hidden: compile(part.dataset.hide) }));
  if (!parts.length) return;
  const known = JSON.parse(form.dataset.fValues || "{}");
  const show = () => {
    const values = { ...known, ...answers(form) };
    for (const { part, hidden } of parts) {
      const away = Boolean(hidden && hidden(values));
      part.toggleAttribute("data-hidden", away);
      for (const control of part.querySelectorAll("[data-required]")) control.required = !away;
    }
  };
  form.addEventListener("change", show);
  form.addEventListener("input", show);
  show();
}

function answers(form) {
  const found = {};
  for (const field of form.querySelectorAll("[data-field]")) {
    const name = field.dataset.field;
    const controls = [...field.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
    if (!controls.length) continue;
    const [first] = controls;
    if (first.type === "radio") found[name] = controls.find((control) => control.checked)?.value ?? null;
    else if (first.type === "checkbox" && controls.length === 1) found[name] = first.checked;
    else if (first.type === "number") found[name] = first.value === "" ? null : Number(first.value);
    else if (controls.length === 1) found[name] = first.value === "" ? null : first.value;
  }
  return found;
}

/** A function of the values, or null for a text outside this small grammar. */
export function compile(text) {
  try {
    const tokens = split(text.trim().replace(/^=(?!=)/, "").replace(/^\$\{([\s\S]*)\}$/, "$1"));
    const reader = { tokens, place: 0 };
    const made = either(reader);
    return reader.place === tokens.length ? made : null;
  } catch {
    return null;
  }
}

function split(text) {
  const tokens = [];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < text.length) {
    const rest = text.slice(pattern.lastIndex);
    if (!rest.trim()) break;
    const found = pattern.exec(text);
    if (!found) throw new SyntaxError(rest);
    const [, number, double, single, name, sign] = found;
    if (number !== undefined) tokens.push({ value: Number(number) });
    else if (double !== undefined || single !== undefined) tokens.push({ value: double ?? single });
    else if (name !== undefined && name in words) tokens.push({ sign: words[name] });
    else if (name !== undefined && name in literals) tokens.push({ value: literals[name] });
    else if (name !== undefined) tokens.push({ name });
    else tokens.push({ sign: sign === "=" ? "==" : sign });
  }
  return tokens;
}

function accept(reader, ...signs) {
  const token = reader.tokens[reader.place];
  if (!token || !signs.includes(token.sign)) return null;
  reader.place += 1;
  return token.sign;
}

function either(reader) {
  let left = both(reader);
  while (accept(reader, "||")) {
    const [first, second] = [left, both(reader)];
    left = (values) => first(values) || second(values);
  }
  return left;
}

function both(reader) {
  let left = comparison(reader);
  while (accept(reader, "&&")) {
    const [first, second] = [left, comparison(reader)];
    left = (values) => first(values) && second(values);
  }
  return left;
}

function comparison(reader) {
  if (accept(reader, "!")) {
    const inner = comparison(reader);
    return (values) => !inner(values);
  }
  const left = operand(reader);
  const token = reader.tokens[reader.place];
  if (token?.name === "in") {
    reader.place += 1;
    const list = operand(reader);
    return (values) => (list(values) ?? []).includes(left(values));
  }
  const sign = accept(reader, "==", "!=", "<=", ">=", "<", ">");
  if (!sign) return left;
  const right = operand(reader);
  return (values) => compare(sign, left(values), right(values));
}

function compare(sign, left, right) {
  if (sign === "==") return (left ?? null) === (right ?? null);
  if (sign === "!=") return (left ?? null) !== (right ?? null);
  if (left == null || right == null) return false;
  return { "<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right }[sign];
}

function operand(reader) {
  const token = reader.tokens[reader.place];
  if (!token) throw new SyntaxError("end");
  reader.place += 1;
  if (token.sign === "(") {
    const inner = either(reader);
    if (!accept(reader, ")")) throw new SyntaxError(")");
    return inner;
  }
  if (token.sign === "[") {
    const items = [];
    while (!accept(reader, "]")) {
      items.push(operand(reader));
      accept(reader, ",");
    }
    return (values) => items.map((item) => item(values));
  }
  if (token.name === "empty") {
    const inner = operand(reader);
    return (values) => [null, undefined, "", false].includes(inner(values)) || inner(values)?.length === 0;
  }
  if (token.name) return (values) => values[token.name];
  if ("value" in token) return () => token.value;
  throw new SyntaxError(String(token.sign));
}

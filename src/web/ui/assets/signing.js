// Signing in the browser: Ed25519 keys whose private half WebCrypto makes so that it cannot leave the browser, kept in its database;
// enrolling one with proof of possession, and accepting an offer. What is signed is canonical JSON (RFC 8785) in a DSSE envelope, the
// same bytes as the command line signs.

const STORE = "keys";
const encoder = new TextEncoder();

// The keys of this browser, of one organisation.
export async function keysOf(party) {
  const all = await request((await store("readonly")).getAll());
  return all.filter((key) => key.party === party);
}

// Signs a payload; the envelope as text.
export async function envelope(key, payloadType, document) {
  const payload = encoder.encode(canonical(document));
  const head = encoder.encode(`DSSEv1 ${encoder.encode(payloadType).length} ${payloadType} ${payload.length} `);
  const sig = base64(await signature(key, joined(head, payload)));
  return JSON.stringify({ payload: base64(payload), payloadType, signatures: [{ keyid: key.fingerprint, sig }] });
}

// Canonical JSON: members sorted by UTF-16 code units, which is how scripts compare texts, and numbers as scripts write them.
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const members = Object.keys(value).sort();
    return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

// Asks the programs' interface; its answer, or an error that says what the problem document says.
export async function ask(method, path, body, headers = {}) {
  const answer = await fetch(path, {
    method,
    headers: { Accept: "application/json", "Content-Type": "application/json", ...headers },
    body: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
  });
  const document = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
  if (answer.ok) return document;
  const error = new Error(document.detail || `${answer.status}`);
  error.status = answer.status;
  throw error;
}

// Offers the keys of this browser that are among `signers` in a list to choose from; whether there is one.
export async function offerKeys(select, party, signers) {
  const usable = (await keysOf(party)).filter((key) => signers.includes(key.fingerprint));
  select.replaceChildren(...usable.map((key) => new Option(`${key.label} (${key.fingerprint.slice(0, 12)}…)`, key.fingerprint)));
  return usable;
}

// Puts what is wrong into an element: with a capital first letter, and with code where backticks are.
export function tell(element, text) {
  const parts = text.split("`");
  const isCode = (index) => index % 2 === 1 && index < parts.length - 1;
  const nodes = parts.map((part, index) => {
    if (!isCode(index)) return index === 0 ? part.charAt(0).toUpperCase() + part.slice(1) : part;
    const code = document.createElement("code");
    code.textContent = part;
    return code;
  });
  element.replaceChildren(...nodes);
}

async function sha256(text) {
  return hexadecimal(new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text))));
}

async function signature(key, bytes) {
  return new Uint8Array(await crypto.subtle.sign("Ed25519", key.privateKey, bytes));
}

// Makes a key, proves that this browser holds it, and keeps it.
async function enrol(party, label) {
  const pair = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const fingerprint = hexadecimal(new Uint8Array(await crypto.subtle.digest("SHA-256", raw)));
  const key = { fingerprint, party, label, publicKey: base64(raw), privateKey: pair.privateKey };
  const { challenge } = await ask("POST", "/api/v1/signing-keys/challenge", {});
  const statement = { type: "https://chancery.dev/key-possession/v1", challenge, public_key: key.publicKey };
  const proof = base64(await signature(key, encoder.encode(canonical(statement))));
  // Kept before it is enrolled, so that no enrolled key is lost; what was not enrolled is forgotten again.
  await request((await store("readwrite")).put(key));
  try {
    await ask("POST", "/api/v1/signing-keys", { public_key: key.publicKey, label, challenge, signature: proof });
  } catch (error) {
    await request((await store("readwrite")).delete(fingerprint));
    throw error;
  }
  // Browsers clear what is not asked to be kept when room runs short.
  await navigator.storage?.persist?.();
}

// Signs that an offer is accepted, once the terms that are shown are those that its digest names.
async function accept(form, select) {
  const { grant, model, digest, licensor, licensee, other } = form.dataset;
  const shown = canonical(JSON.parse(document.querySelector("#terms").textContent));
  if ((await sha256(`chancery.terms.v1\n${shown}`)) !== digest) throw new Error(other);
  const key = (await keysOf(licensee)).find((key) => key.fingerprint === select.value);
  const statement = { type: "chancery.acceptance.v1", grant, model, terms_sha256: digest, licensor, licensee };
  const signed = await envelope(key, "application/vnd.chancery.acceptance.v1+json", statement);
  await ask("POST", `/api/v1/grants/${grant}/accept`, signed);
}

// Does what a form is for, with its button disabled meanwhile, and says what went wrong.
function onSubmit(form, act) {
  const said = form.querySelector("[role=alert]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    said.hidden = true;
    try {
      location.assign(await act());
    } catch (error) {
      tell(said, error.name === "NotSupportedError" ? form.dataset.unable : error.message || form.dataset.failed);
      said.hidden = false;
      button.disabled = false;
    }
  });
}

async function store(mode) {
  const opening = indexedDB.open("chancery", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "fingerprint" });
  const database = await request(opening);
  return database.transaction(STORE, mode).objectStore(STORE);
}

function request(asked) {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function base64(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

function hexadecimal(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const enrolling = document.querySelector("form[data-enrol]");
if (enrolling) {
  const { party } = enrolling.dataset;
  onSubmit(enrolling, async () => {
    await enrol(party, enrolling.elements.label.value.trim());
    return "/keys?said=key-proposed";
  });
  for (const key of await keysOf(party)) {
    document.querySelector(`[data-key="${key.fingerprint}"] [data-here]`)?.removeAttribute("hidden");
  }
}

const accepting = document.querySelector("form[data-accept]");
if (accepting) {
  const { grant, licensee, signers } = accepting.dataset;
  const select = accepting.elements.signer;
  const usable = await offerKeys(select, licensee, signers.split(" "));
  accepting.querySelector("[data-without-key]").hidden = usable.length > 0;
  accepting.querySelector("button").disabled = usable.length === 0;
  onSubmit(accepting, async () => {
    await accept(accepting, select);
    return `/grants/${grant}?said=accepted`;
  });
}

// Uploading a model: its files are hashed in a worker, what they are and what the passport says is signed with a key of this browser,
// and what the server wants of them is sent. An upload that breaks off goes on when the same files are chosen again.

const form = document.querySelector("form[data-upload]");
const { ask, envelope, keysOf, offerKeys, tell } = await import(form.dataset.signing);
const { owner, party, signers, hashing } = form.dataset;
const field = form.elements;
const table = form.querySelector("tbody");
const gauge = form.querySelector("[data-gauge]");
const alertBox = form.querySelector("[data-alert]");
const passportBox = form.querySelector("[data-passport]");
const start = form.querySelector("[data-start]");
const stop = form.querySelector("[data-stop]");
const resumed = form.querySelector("[data-resumed]");

const PASSPORT = /^passport\.(toml|json)$/;
// What version control, desktops and this program leave in a folder; the same as on the command line.
const LEFT_OUT = [".git", ".gitattributes", ".gitignore", ".github", ".cache", ".DS_Store"];
// Names and aliases, the same as on the server; those of versions are no aliases.
const NAME = /^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/;
const NAME_BYTES = 96;
const VERSION = /^(latest|v[0-9]+)$/;
const KEPT = `chancery-upload-${party}`;
const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 500;

let files = [];
let passport = null;
let running = null;

const isName = (text) => NAME.test(text) && text.length <= NAME_BYTES && !text.includes("..");
const say = (name) => form.dataset[name];
const size = (bytes) => {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  for (; bytes >= 1024 && unit < units.length - 1; unit++) bytes /= 1024;
  return `${unit ? bytes.toFixed(1) : bytes} ${units[unit]}`;
};

// What was chosen, as paths in the model; the passport apart.
function chosen() {
  const path = (file) => (file.webkitRelativePath ? file.webkitRelativePath.split("/").slice(1).join("/") : file.name);
  const all = [...field.files.files, ...field.folder.files].map((file) => ({ file, path: path(file), size: file.size }));
  const wanted = all.filter((entry) => !LEFT_OUT.includes(entry.path.split("/")[0]));
  const found = wanted.find((entry) => PASSPORT.test(entry.path));
  files = wanted.filter((entry) => !PASSPORT.test(entry.path)).sort((one, other) => (one.path < other.path ? -1 : 1));
  return field.passport.files[0] || found?.file || null;
}

function showFiles() {
  table.replaceChildren(
    ...files.map((entry) => {
      const row = document.createElement("tr");
      const name = document.createElement("th");
      name.scope = "row";
      name.textContent = entry.path;
      const [length, digest, state] = [0, 1, 2].map(() => document.createElement("td"));
      length.className = "num";
      length.textContent = size(entry.size);
      digest.className = "wide";
      row.append(name, length, digest, state);
      entry.row = { digest, state };
      mark(entry, "pending", say("waiting"));
      return row;
    }),
  );
  form.querySelector("[data-files]").hidden = files.length === 0;
}

function mark(entry, look, text) {
  const tag = document.createElement("span");
  tag.className = `tag tag-${look}`;
  tag.textContent = text;
  entry.row.state.replaceChildren(tag);
  if (entry.sha256 && !entry.row.digest.firstChild) {
    const code = document.createElement("code");
    code.className = "digest short";
    code.tabIndex = 0;
    code.title = entry.sha256;
    code.textContent = entry.sha256;
    entry.row.digest.replaceChildren(code);
  }
}

function progress(text, done, whole) {
  gauge.hidden = false;
  gauge.querySelector("strong").textContent = text;
  gauge.querySelector("span").textContent = whole ? `${size(done)} / ${size(whole)}` : "";
  const bar = gauge.querySelector("progress");
  bar.max = whole || 1;
  bar.value = whole ? done : 0;
}

function fail(text) {
  tell(alertBox.querySelector("p"), text);
  alertBox.hidden = false;
  gauge.hidden = true;
}

// Has the server say what it would say of the passport, before anything else is done.
async function checkPassport(file) {
  passport = null;
  passportBox.hidden = !file;
  if (!file) return;
  const checked = await ask("POST", "/api/v1/passports/check", await file.text());
  passport = checked.passport;
  const lines = checked.valid
    ? checked.missing.map((gap) => `${gap.field}: ${gap.reason[document.documentElement.lang] || gap.reason.en}`)
    : checked.faults.map((fault) => `${fault.position ? `${fault.position.line}: ` : ""}${fault.field}: ${fault.expected} (${fault.found})`);
  const list = passportBox.querySelector("ul");
  list.replaceChildren(
    ...lines.map((line) => {
      const item = document.createElement("li");
      item.textContent = line;
      return item;
    }),
  );
  const said = checked.valid ? (lines.length ? say("passportGaps") : say("passportGood")) : say("passportBad");
  passportBox.querySelector("p").textContent = `${file.name}: ${said}`;
  passportBox.className = `notice ${checked.valid ? (lines.length ? "notice-warning" : "notice-success") : "notice-danger"}`;
}

function hash(entry, told) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(hashing, { type: "module" });
    running.cancel = () => {
      worker.terminate();
      reject(new Error(say("stopped")));
    };
    worker.onerror = () => reject(new Error(`${entry.path}: ${say("unreadable")}`));
    worker.onmessage = ({ data }) => {
      if (data.failed) reject(new Error(`${entry.path}: ${data.failed}`));
      else if (data.sha256) resolve(data.sha256);
      else return told(data.done);
      worker.terminate();
    };
    worker.postMessage(entry.file);
  });
}

async function hashAll(known) {
  const whole = files.reduce((sum, entry) => sum + entry.size, 0);
  let before = 0;
  for (const entry of files) {
    mark(entry, "running", say("hashingText"));
    const same = known.find((other) => other.path === entry.path && other.size === entry.size && other.at === entry.file.lastModified);
    entry.sha256 = same?.sha256 || (await hash(entry, (done) => progress(`${say("hashingText")} ${entry.path}`, before + done, whole)));
    before += entry.size;
    progress(`${say("hashingText")} ${entry.path}`, before, whole);
    mark(entry, "verified", say("hashed"));
  }
}

function send(upload, entry, told) {
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest();
    running.cancel = () => sending.abort();
    sending.open("PUT", `/api/v1/uploads/${upload}/blobs/${entry.sha256}`);
    sending.setRequestHeader("Accept", "application/json");
    sending.upload.onprogress = (event) => told(event.loaded);
    sending.onabort = () => reject(Object.assign(new Error(say("stopped")), { isFinal: true }));
    sending.onerror = () => reject(new Error(say("broken")));
    sending.onload = () => {
      if (sending.status === 204) return resolve();
      let detail = `${sending.status}`;
      try {
        detail = JSON.parse(sending.responseText).detail || detail;
      } catch {
        // The status says enough.
      }
      const isFinal = sending.status < 500 && sending.status !== 429;
      reject(Object.assign(new Error(`${entry.path}: ${detail}`), { isFinal }));
    };
    sending.send(entry.file);
  });
}

async function sendPatiently(upload, entry, told) {
  for (let attempt = 1, pause = FIRST_PAUSE_MS; ; attempt++, pause *= 2) {
    try {
      return await send(upload, entry, told);
    } catch (error) {
      if (error.isFinal || attempt === ATTEMPTS || running.isStopped) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

async function sendAll(session) {
  const wanted = new Set(session.files.filter((file) => file.state === "wanted").map((file) => file.sha256));
  const whole = files.reduce((sum, entry) => sum + entry.size, 0);
  let before = 0;
  for (const entry of files) {
    if (wanted.delete(entry.sha256)) {
      mark(entry, "running", say("sending"));
      await sendPatiently(session.id, entry, (done) => progress(`${say("sending")} ${entry.path}`, before + done, whole));
    }
    before += entry.size;
    progress(`${say("sending")} ${entry.path}`, before, whole);
    mark(entry, "verified", say("sent"));
  }
}

// The in-toto statement about these files: what `Manifest::to_statement` makes of them.
function statement(model) {
  const predicate = { model, files: files.map(({ path, size, sha256 }) => ({ path, size, sha256 })), passport };
  const subject = files.map(({ path, sha256 }) => ({ name: path, digest: { sha256 } }));
  return { _type: "https://in-toto.io/Statement/v1", subject, predicateType: "https://chancery.dev/passport/v1", predicate };
}

function keep(session, model) {
  const entries = files.map(({ path, size, sha256, file }) => ({ path, size, sha256, at: file.lastModified }));
  const options = { alias: field.alias.value.trim(), isPrivate: field.private.checked };
  localStorage.setItem(KEPT, JSON.stringify({ id: session.id, model, entries, options }));
}

const kept = () => JSON.parse(localStorage.getItem(KEPT) || "null");

// Refuses what the server would, before files are read and anything is signed.
function checkNames(model, alias) {
  if (!model) throw new Error(say("noModel"));
  if (!isName(model)) throw new Error(say("badModel"));
  if (alias && (!isName(alias) || VERSION.test(alias))) throw new Error(say("badAlias"));
}

async function upload() {
  const before = kept();
  if (files.length === 0) throw new Error(say("noFiles"));
  checkNames(field.model.value.trim(), field.alias.value.trim());
  let session = before && (await ask("GET", `/api/v1/uploads/${before.id}`).catch(() => null));
  if (!session && !passport) throw new Error(say("noPassport"));
  await hashAll(before?.entries || []);
  const isSame = (file) => files.some((entry) => entry.path === file.path && entry.sha256 === file.sha256);
  let { model, options } = before || {};
  if (!session || session.files.length !== files.length || !session.files.every(isSame)) {
    model = `${owner}/${field.model.value.trim()}`;
    options = { alias: field.alias.value.trim(), isPrivate: field.private.checked };
    if (!passport) throw new Error(say("noPassport"));
    const key = (await keysOf(party)).find((key) => key.fingerprint === field.signer.value);
    if (!key) throw new Error(say("noKey"));
    progress(say("signingText"));
    const signed = await envelope(key, "application/vnd.in-toto+json", statement(model));
    session = await ask("POST", "/api/v1/uploads", signed);
    keep(session, model);
  }
  await sendAll(session);
  progress(say("committing"));
  const visibility = options.isPrivate ? { visibility: "private" } : {};
  const body = { ...(options.alias ? { alias: options.alias } : {}), ...visibility };
  const commit = `/api/v1/uploads/${session.id}/commit`;
  const registered = await ask("POST", commit, body, { "Idempotency-Key": session.id }).catch((error) => {
    // A refusal ends the upload, so nothing is left to take up; a server that cannot answer is asked again.
    if (error.status < 500 && error.status !== 429) localStorage.removeItem(KEPT);
    throw error;
  });
  localStorage.removeItem(KEPT);
  location.assign(`/models/${registered.model}?said=registered`);
}

async function onChosen() {
  alertBox.hidden = true;
  const file = chosen();
  showFiles();
  try {
    await checkPassport(file);
  } catch (error) {
    fail(error.message);
  }
}

for (const input of [field.files, field.folder, field.passport]) input.addEventListener("change", onChosen);

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  alertBox.hidden = true;
  running = { cancel() {}, isStopped: false };
  [start.disabled, stop.hidden] = [true, false];
  try {
    await upload();
  } catch (error) {
    fail(error.message);
  }
  [start.disabled, stop.hidden] = [false, true];
});

stop.addEventListener("click", () => {
  running.isStopped = true;
  running.cancel();
});

form.querySelector("[data-abandon]").addEventListener("click", async () => {
  const { id } = kept() || {};
  localStorage.removeItem(KEPT);
  resumed.hidden = true;
  if (id) await ask("DELETE", `/api/v1/uploads/${id}`).catch(() => {});
});

const usable = await offerKeys(field.signer, party, signers.split(" "));
form.querySelector("[data-without-key]").hidden = usable.length > 0;

const broken = kept();
if (broken) {
  const session = await ask("GET", `/api/v1/uploads/${broken.id}`).catch(() => null);
  if (session) {
    resumed.hidden = false;
    resumed.querySelector("strong").textContent = broken.model;
    field.model.value = broken.model.split("/")[1];
  } else {
    localStorage.removeItem(KEPT);
  }
}
form.dataset.ready = "";

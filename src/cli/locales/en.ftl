# What the command line says to people, in English. Every name here is in zh.ftl with the same facts; a test holds it.
# Errors are lower case, without full stop, and end with the next step.

## General

error-label = error:
value = { $cause }
file-unreadable = `{ $file }` cannot be read: { $cause }; check the path and its permissions
file-unwritable = `{ $file }` cannot be written: { $cause }; check the path, its permissions and the space left
file-too-large = `{ $file }` is larger than { $limit } bytes, so it cannot be what is expected here; check the path
output-closed = standard output cannot be written: { $cause }; check where it goes
template-exists = `{ $file }` exists already and is not overwritten; name another file with --out
template-written = Wrote { $file }: fill it in, the comments say how.

## Server

server-address = `{ $address }` is not a server's address; give one such as https://registry.example.org
server-unreachable = { $server } cannot be reached: { $cause }; check --server or CHANCERY_SERVER, and that the server runs
no-authority = `{ $file }` holds no certificate; give --ca-certificate a PEM file with that of the authority that vouches for the server
server-says = { $detail }
answer-not-understood = { $server } did not answer { $path } as this program expects: { $cause }; check that it is a Chancery server of this version
token-missing = { $server } asks for an API key; set CHANCERY_TOKEN to one its owner made with `chancery token create`
token-malformed = this is not an API key of a registry, which starts with `chy_`; check CHANCERY_TOKEN, then `chancery whoami`
token-mistyped = the API key was mistyped or cut (its last six characters do not fit the rest); copy it to CHANCERY_TOKEN again
token-in-clear = warning: the API key travels to { $server } unencrypted; use https outside this machine

## Keys

keygen =
    Wrote a private key to { $file }; keep it to yourself.
      fingerprint  { $fingerprint }
      public key   { $public }
    Next: chancery key enroll --key { $file } --label NAME
keygen-exists = `{ $file }` exists already and a key is never overwritten; name another file with --out
key-missing = there is no private key at `{ $file }`; make one with `chancery keygen`, or name yours with --key
key-shared = `{ $file }` can be read by others, so it may be known to them; run `chmod 600` on it, or make another with `chancery keygen`
key-unusable = `{ $file }` cannot be used to sign: { $cause }
key-proposed =
    Proposed { $id } with fingerprint { $fingerprint }.
    Next, by an owner who compared the fingerprint: chancery key approve { $id }
key-approved = Approved { $id }: signatures by { $fingerprint } count from now on.
key-revoked = Revoked { $id }: its signatures count no more. Versions that are no longer served until they are signed with another key: { $versions }
key-not-enrolled =
    the key in `{ $file }` ({ $fingerprint }) is not enrolled for your organisation, so its signatures do not count; name another with --key, or enrol it:
      chancery key enroll --key { $file } --label NAME
      chancery key approve signer_…   (an owner, who compared the fingerprint)
key-not-approved = the key in `{ $file }` ({ $fingerprint }) is not approved yet, so its signatures do not count; an owner who compared the fingerprint runs: chancery key approve { $id }
key-is-revoked = the key in `{ $file }` ({ $fingerprint }) was revoked as { $id }, so its signatures do not count; name another with --key, or make one with `chancery keygen`

## Parties and API keys

party-created = Created { $slug } ({ $id }). The API key of its owner is shown this once; hand it over safely:
token-created = Made { $id }. The API key is shown this once; keep it safe:
token-revoked = Revoked { $id }: it is refused from the next request on.
whoami =
    party      { $party } ({ $title })
    API key    { $key } ({ $label })
    role       { $role }
    purpose    { $purpose }
    territory  { $territory }
    expires    { $expires }

## Passport and terms

passport-missing = there is no passport at `{ $file }`; write one with `chancery passport init --out { $file }`
passport-faults = `{ $file }`: { $faults }
passport-gap-essential = the rules built in refuse calls without this: { $field } of { $subject }: { $reason } ({ $source })
passport-gap-expected = auditors will ask for this: { $field } of { $subject }: { $reason } ({ $source })
passport-complete = { $file } is complete (data sets: { $datasets }, parent models: { $parents }).
passport-valid = { $file } can be registered (data sets: { $datasets }, parent models: { $parents }). It leaves out:
datasheet-missing = there is no datasheet at `{ $file }`; write one with `chancery dataset init --out { $file }`
datasheet-complete = { $file } is complete (made from: { $parents }).
datasheet-valid = { $file } can be registered (made from: { $parents }). It leaves out:
terms-faults = `{ $file }`: { $faults }

## Push

push-no-files = there are no files in `{ $folder }`; name the folder that holds what is to be registered
push-not-a-file = `{ $file }` is a link or a special file, which is not followed; put the file itself there
push-file-name = the name of `{ $file }` is not accepted; rename it to { $expected }
push-hashing = hashing
push-manifest = no manifest can be made of these files: { $cause }
push-opened = Opened { $upload }.
push-other-model = { $upload } is an upload of { $model }; give that with --model, or leave --resume out
push-sending = sending
push-file-changed = `{ $file }` is no longer what was signed; restore it, or push again without --resume
push-resume = what has arrived is kept: run the same command again with --resume { $upload }
push-registered =
    Registered { $model }@v{ $version }.
      manifest  { $manifest }
      receipt   { $receipt }, with proof of inclusion
    Next: chancery verify { $model }@v{ $version }

## Verification

verdict-valid = valid
verdict-invalid = INVALID
verdict-unchecked = could not be checked
bundle-unreadable = `{ $file }` is not a bundle: { $cause }; fetch it again with `chancery push --bundle` or from the server
verify-signed = signed for { $owner } by the pinned key { $key }
verify-signature-wrong = the signed manifest is not accepted: { $cause }
verify-signer-unpinned = no key of { $owner } is pinned that signed this; it names the key { $key }. Ask { $owner } for its key by another way, compare, and run `chancery trust add --signer { $owner }=KEY`
verify-other-model = the manifest is of { $found }, not of { $expected }
verify-recorded = the log records manifest { $manifest } as { $model }@v{ $version }
verify-other-record = the log's entry is not that of a registration of manifest { $manifest }; the receipt belongs to something else
verify-other-version = the log records this as version { $found }, not as { $expected }, which was asked for
verify-folder = the files in `{ $folder }` cannot be listed; name a folder with ordinary files only
verify-file-missing = `{ $file }` was signed and is missing
verify-file-unsigned = `{ $file }` is there and was not signed
verify-file-changed = `{ $file }` was changed: SHA-256 { $found } where { $expected } was signed
verify-files = all { $count } files in { $folder } are those that were signed
verify-note-suspended = note: the version is suspended, so calls of it are refused until its owner registers it again
verify-note-withdrawn = note: the version was withdrawn for good, so calls of it are refused
verify-note-signer = note: the key it was signed with no longer counts, so calls are refused until it is signed anew
verify-stored = the server hashed its { $count } stored files again and found those that were signed
verify-destroyed = the keys of its files were destroyed by its owner, so nobody can read or check them; its papers stand as said above
verify-stored-missing = the server no longer has `{ $file }`; tell its owner and its operator
verify-stored-tampered = the sealed bytes of `{ $file }` on the server, or what the server keeps about it, were changed; tell its owner
verify-stored-other = the server hashed `{ $file }` again as if { $found } had been signed, where { $expected } was
verify-stored-unchecked = the server did not hash `{ $file }` again, which was signed
verify-stored-wrong = the server says that what it stores is not what was signed; tell its operator

## Trust

trust-unreadable = `{ $file }` is not a trust file: { $cause }
trust-empty = No keys are pinned. Next: chancery trust add --from SERVER
trust-log = log
trust-promise = promise
trust-signer = signer
trust-fingerprint = { $server } sends keys with SHA-256 { $found }, not those expected; nothing was pinned, ask its operator
trust-conflict = another key is pinned for { $name }; nothing was changed, ask its operator why the key differs and keep both as evidence
trust-owner-ignored = The server also sends a key for { $owner }, which is not pinned: whose key speaks for an owner is not a server's to say. Once compared: chancery trust add --signer { $owner }=KEY
trust-compare = Pinned on first use. Compare this fingerprint with what the operator says elsewhere: { $fingerprint }

## Receipts

receipt-waiting = Waiting for the proof of inclusion …
receipt-late = the proof of inclusion of { $leaf } did not come within { $seconds } seconds; ask again with `chancery receipt get { $leaf }`
receipt-written = Wrote { $file }. It holds what was recorded, so keep it as confidential as that.
receipt-unreadable = `{ $file }` is not a receipt: { $cause }; fetch it again with `chancery receipt get`
receipt-malformed = the receipt's proof is not one (c2sp.org/tlog-proof@v1)
receipt-included = entry { $index } of { $origin } is in its tree of { $size }, by a pinned key
receipt-log-unpinned = the log's key is not pinned; pin it with `chancery trust add --from SERVER`, or give --trust
receipt-wrong = the receipt does not hold: { $cause }
receipt-other-log = the entry is in { $origin }, not in the { $log } log, where it belongs
receipt-no-opening = the receipt has no opening, so what was recorded cannot be seen; fetch it with an API key that may
receipt-opened = what the receipt says was recorded is what the log committed to
receipt-opens-another = what the receipt says was recorded is not what the log committed to
receipt-promised = { $origin } promised at { $time } to include the entry; fetch the proof with `chancery receipt get`
receipt-empty = there is no proof of inclusion; fetch the receipt with `chancery receipt get`

## Logs

log-verifying = verifying { $log }
log-wrong = { $log }: { $cause }
log-sound = { $log }: all { $size } entries of { $origin } give the signed root { $root }
log-unpinned = { $log }: the log's key is not pinned, so nothing it says can be held against it; pin it with `chancery trust add --from SERVER`
log-unknown = { $log }: { $cause }
watch-first = { $log }: remembered { $size } entries; from now on the log must continue them
watch-consistent = { $log }: { $size } entries continue the { $old } seen before
watch-fork = { $log }: FORK: { $cause }; the evidence is in { $evidence }, show it to others
watch-wrong = { $log }: INVALID: { $cause }; the evidence is in { $evidence }, show it to others
watch-older = { $log }: OLDER THAN WHAT YOU SAW: { $cause }; what is shown is kept in { $evidence }
watch-other = { $log }: ANOTHER LOG: { $cause }; what is shown is kept in { $evidence }. If the operator announced that the log goes on under this name, accept it with `chancery log verify --new-name`
log-renamed = { $old } goes on as { $new }, which contains all { $seen } entries seen before; they are kept in { $aside }
log-renamed-loss = { $old } goes on as { $new }, which does NOT contain all of the { $seen } entries seen before: some are lost; your proof of that is kept in { $aside }
watch-damaged = the remembered checkpoint `{ $file }` is damaged: { $cause }; remove it only if you know how that happened

## Licences

grant = { $id }: { $model }, { $status }, terms { $digest }
grant-used = { $settled } of { $granted } tokens used
grant-without-end = until revoked
grant-digest = the terms of { $id } have the digest { $found }, not { $said } as the server says; do not sign, ask the licensor
grant-offered = Offered. Next, by an owner of { $party }: chancery grant accept { $id }
grant-other-terms = { $id } has terms with digest { $digest }, not those expected; read them with `chancery grant show { $id }`
grant-confirm = Accept these terms? Signing binds your party. Type yes:
grant-not-accepted = { $id } was not accepted; run the command again to accept it
grant-accepted = Accepted { $id }: signed the terms { $digest } with { $key }.
grant-accepted-before = { $id } is accepted already, so nothing is left to sign; see it with `chancery grant show { $id }`
grant-revoked = Revoked { $id }: uses under it are refused from now on.
grant-requested = Asked { $owner }: { $id }. The answer is an offer to accept, or a reason: chancery grant requests --mine
grant-request-declined = Declined { $id }.
grant-offer-declined = Declined { $id }; its licensor reads why.
grant-request-withdrawn = Withdrew { $id }.

## Uses and decisions

use-recorded = Recorded as { $decision }; receipt { $receipt }
use-attribution = Wherever you show this, name: { $text }
use-notice = Note: { $text }
use-refused-because = { $message }; { $next }
use-refused = Recorded as { $decision }. Why, step by step: chancery policy explain { $decision }
purpose-meant = `{ $purpose }` is not one of the known codes; did you mean `{ $meant }`?
purpose-unknown = `{ $purpose }` is not one of the known codes ({ $known }); it counts where grants and rules name it as it stands
decision-record =
    decision  { $id }
    policies  { $policy }
    facts     { $facts }
    replay    { $replay }
policy-set =
    policy set  { $digest }
    activation  { $number } of { $at } by { $by }
    texts       { $origin }
policy-unusable = the rules cannot be tried: { $cause }
policy-example-failed = does not hold
policy-rule-unshown = no example shows `{ $rule }` deciding a refusal; add one
policy-tested = { $passed } of { $all } examples hold.
policy-by-server = the server
policy-shadowed = `{ $rule }` runs in shadow from now on: what it would refuse is recorded. Next: chancery policy shadow-report --rule { $rule }
policy-promoted = `{ $rule }` is enforced from now on.
policy-dropped = `{ $rule }` is not looked at from now on. To try it again: chancery policy shadow { $rule }
policy-more-rules = { $more } more
policy-diffing = decisions made again
policy-diff-total = { $decisions } decisions made again under { $digest }; equal: { $equal }
policy-diff-more = Not shown: { $more } more groups; --json tells them all.
policy-diff-limited = Stopped at --limit; there are more decisions in the period.
policy-diff-moved = other rules came into force while decisions were made again; run the command once more
mode-enforced = enforced
mode-shadow = shadow
mode-dropped = dropped
mode-absent = not in the set
origin-server = those the server is started with
origin-operator = activated by an operator
change-newly-refused = newly refused
change-newly-allowed = newly allowed
change-refused-otherwise = refused for another reason
change-allowed-otherwise = allowed on other conditions
change-not-replayable = not replayable
shadow-none = No rule was ever in shadow. Try one: chancery policy shadow RULE
shadow-empty = Nothing in this period would have been refused.
shadow-next = Caller and owner can look at one: chancery policy explain DECISION. Then: chancery policy promote RULE, or chancery policy drop RULE

## Models and holds

model-version =
    { $model }@v{ $version }: { $status }
      manifest  { $manifest }
      signer    { $signer } ({ $signer_status })
preparing = rows
prepared = { $preparation }: { $rows_in } rows read, { $rows_out } kept.
preparation-done = { $preparation } is done.
preparation-failed = nothing came of { $preparation }: { $why }
preparation-next =
    Nothing is registered yet. Next: run it again with --as OWNER/NAME, or sign a manifest that names these files.
    The report and the trace are among them. Read from { $dataset }.
preparation-no-datasheet = no datasheet can be made of the source's: { $cause }; give one with --datasheet
dataset-file = { $file }: { $format }, { $rows } rows
licence-reason = { $right } ({ $form }): { $title }, { $licence }: { $effect } ({ $clause })
licence-conflict = conflict: { $explanation }
dataset-exported = Wrote { $dataset } to { $file }.
import-note = { $field }: found { $found }, expected { $expected }
import-unreadable = no draft can be made of `{ $file }`: { $cause }; give Croissant JSON, or a dataset card with front matter
import-written = Wrote { $file } from { $from }: a draft, with { $notes } notes on what it lacks. Complete it. Next: chancery dataset check { $file }
model-licence = effective licence
model-status = { $model } is { $status } from now on.
model-withdraw-confirm = Withdrawing { $model } is for good: nothing brings it back. To do it, type { $model } again:
model-not-withdrawn = { $model } was not withdrawn; run the command again to withdraw it
model-destroy-plan =
    Nothing was destroyed. This would make { $model }@v{ $version } unreadable for good, for everybody:
      files:  { $files } ({ $bytes } bytes)
      kept, because another version or an upload has the same bytes:  { $kept }
    Backups made before become useless as well. To do it, run it again with --yes.
model-destroyed =
    Destroyed what opens { $model }@v{ $version }: nobody can read it again.
      files:  { $files } ({ $bytes } bytes)
      kept, because another version or an upload has the same bytes:  { $kept }
    Earlier backups cannot be opened any more. On the server's machine, make a new one now with a new copy of the keys:
      chancery backup --data DIR --to BACKUP --with-keys NEW-FOLDER
    Copies of the keys from before still open earlier backups: destroy them.
model-alias = { $model }@{ $alias } is version { $version } from now on.
hold-placed = Placed { $id }: every use of { $model } is refused until it is released.
hold-released = Released { $id }.

## People and approvals

approval =
    { $id }: { $kind }, { $state }
    proposed by  { $by }
    until        { $until }
    decided by   { $decided }
    reason       { $reason }
approval-decided = { $id } ({ $kind }) is { $state }.
approval-rules-none = Nothing needs two people. Set a limit with --grants-above, or one of --policies, --key-destruction, --log-rotation to true.
approval-rules-grants = Offers above { $above } tokens need two people.
approval-rules-policies = Changes of policy need two people.
approval-rules-key-destruction = Destroying the keys of a version needs two people.
approval-rules-log-rotation = Letting the logs go on under another name needs two people.
approval-sign-in = No key can propose it: sign in at { $page }, or run the command again with --as EMAIL --organisation PARTY. Then another person opens Organisation → Approvals ({ $approvals }) and approves it.
approval-waits = This takes two people, so it waits as { $id } ({ $kind }) until { $until }. Another person approves it: chancery approval approve { $id } --as EMAIL --organisation PARTY
invitation-withdrawn = Withdrew { $id }: its link does nothing any more.
password-missing = no password was given; put it in CHANCERY_PASSWORD, or send it on standard input
person-changed = { $name } is now { $role }.
person-invited = Invited { $email } as { $id }. Whoever has this link joins with it, once, within seven days; give it to nobody else:
person-removed = Removed { $id }: they are signed out everywhere.
second-factor-missing = a second factor is asked for; give the code of the authenticator with --code
sign-in-refused = { $server } does not let this person in; check organisation, address, password and code
sign-in-too-often = { $server } was asked too often; wait a moment and try again

## Webhooks

webhook-added = Added { $id }. Its secret is shown this once; the receiver checks signatures with it:
webhook-removed = Removed { $id }: nothing is sent to it any more.
webhook-redelivered = Sending { $delivery } again; see what comes of it with `chancery webhook deliveries { $id }`.
webhook-rotated = { $id } has a new secret, shown this once; for a day, messages are signed with the old one too:
webhook-tested = Sending { $delivery }; see what comes of it with `chancery webhook deliveries { $id }`.

## Exports

export-period = the period from { $from } to { $to } is empty; give --to a later time than --from
export-occupied = `{ $folder }` is not empty; name a folder that is
export-written = Wrote { $entries } entries to { $folder }: { $files }. Next: chancery export verify { $folder }
export-broke-off = the export is not whole: { $cause }; remove the folder and export the period again
export-stray = `{ $file }` is in the folder and not part of what was signed; remove it
export-confined = only entries that these parties have a part in: { $parties }; whoever exported it may see no others
export-sound = { $entries } entries that { $party } may see from { $from } to { $to }: files, openings and receipts hold

## Lists without anything in them

list-nothing-fits = Nothing fits. Leave options out to see more.
list-more = The newest { $shown }; there are more: --limit NUMBER.
approvals-none = Nothing yet: what needs two people is proposed here. Next: chancery approval rules
decisions-none = Nothing yet: your organisation used no model. Next: chancery predict OWNER/NAME TEXT, or those about your own models: chancery decision list --of-my-models
decisions-none-of-models = Nothing yet: nobody asked for a use of your models. Next: chancery grant offer OWNER/NAME --to PARTY --terms terms.toml
deliveries-none = Nothing yet. Next: chancery webhook test { $id }
grants-none = Nothing yet. Next: chancery grant offer OWNER/NAME --to PARTY --terms terms.toml, or ask for one: chancery grant request OWNER/NAME --purpose PURPOSE --message TEXT
holds-none = Nothing is held.
invitations-none = Nothing yet: no invitation is open. Next: chancery people invite EMAIL --role member
keys-none = Nothing yet. Next: chancery keygen, then chancery key enroll --label NAME
datasets-none = Nothing yet. Next: chancery dataset add FOLDER --dataset OWNER/NAME
models-none = Nothing yet. Next: chancery push FOLDER --model OWNER/NAME
people-none = Nothing yet: the first person joins in the browser, at /set-up. Then: chancery people invite EMAIL --role member
receipts-none = Nothing yet: there is no entry that your organisation may open.
requests-none = Nothing yet: nobody asked for a licence to your models. Those that you made: chancery grant requests --mine
requests-none-made = Nothing yet. Next: chancery grant request OWNER/NAME --purpose PURPOSE --message TEXT
tokens-none = Nothing yet. Next: chancery token create --role member --label NAME
webhooks-none = Nothing yet. Next: chancery webhook add URL

## Words that the server says in codes

keystate-approved = approved
keystate-proposed = proposed
keystate-revoked = revoked
columnkind-bool = yes or no
columnkind-date = date
columnkind-empty = empty
columnkind-float = number
columnkind-integer = whole number
columnkind-json = nested
columnkind-text = text
right-copy = copy
right-train = train on it
right-finetune = fine-tune
right-distil = distil
right-modify = modify
right-quantise = quantise
right-merge = merge
right-generate = generate
right-embed = embed
right-serve = serve
right-commercial = commercial use
right-redistribute = redistribute
form-raw = data or code
form-weights = weights
form-service = service
form-output = outputs
outcome-allowed = allowed
outcome-conditional = conditional
outcome-silent = silent
outcome-forbidden = forbidden
leaves-permitted = allowed
leaves-conditional = allowed on a condition
leaves-silent = silent
leaves-unread = text not read
leaves-reserved = kept to its holder
leaves-missing = no licence
leaves-forbidden = forbidden
kind-approval-rules = change of what needs two people
kind-grant-offer = offer of a grant
kind-key-destruction = destruction of keys
kind-log-rotation = another name for the logs
kind-person-change = another role or end for a person
kind-policy-change = change of policy
role-approver = approver
role-auditor = auditor
role-member = member
role-operator = operator
role-owner = owner
state-accepted = accepted
state-allowed = allowed
state-answered = answered with an offer
state-approved = approved
state-declined = declined
state-delivered = delivered
state-destroyed = keys destroyed
state-failing = failing
state-given-up = given up
state-lapsed = lapsed
state-listed = listed
state-off = off
state-offered = offered
state-on = on
state-open = open
state-private = private
state-refused = refused
state-registered = registered
state-revoked = revoked
state-suspended = suspended
state-waiting = waiting
state-withdrawn = withdrawn

## Headings

column-address = ADDRESS
column-answer = ANSWER
column-attempts = ATTEMPTS
column-authority = AUTHORITY
column-by = BY
column-caller = CALLER
column-cause = CAUSE
column-change = CHANGE
column-changed = CHANGED
column-clause = CLAUSE
column-changed-cells = CHANGED CELLS
column-counts = COUNTS
column-rows-in = ROWS IN
column-rows-out = ROWS OUT
column-step = STEP
column-output = OUTPUTS
column-raw = DATA OR CODE
column-service = SERVICE
column-weights = WEIGHTS
column-dataset = DATA SET
column-decisions = DECISIONS
column-digest = SHA-256
column-decided-by = DECIDED BY
column-dimensions = DIMENSIONS
column-ends = ENDS
column-event = EVENT
column-events = EVENTS
column-expires = EXPIRES
column-file = FILE
column-fingerprint = FINGERPRINT
column-first = FIRST
column-id = ID
column-key = KEY
column-kind = KIND
column-label = LABEL
column-last = LAST
column-licensee = LICENSEE
column-licensor = LICENSOR
column-log = LOG
column-missing = MISSING
column-mode = MODE
column-model = MODEL
column-name = NAME
column-next-attempt = NEXT ATTEMPT
column-norm = NORM
column-number = NUMBER
column-outcome = OUTCOME
column-proposed-by = PROPOSED BY
column-reason = REASON
column-purpose = PURPOSE
column-refused-anyway = REFUSED ANYWAY
column-revoked = REVOKED
column-role = ROLE
column-rule = RULE
column-score = SCORE
column-since = SINCE
column-size = SIZE
column-source = SOURCE
column-stage = STAGE
column-status = STATUS
column-subject = SUBJECT
column-territory = TERRITORY
column-text = TEXT
column-texts = TEXTS
column-time = TIME
column-tokens = TOKENS
column-use = USE
column-versions = VERSIONS
column-visibility = VISIBILITY
column-would-refuse = WOULD REFUSE

## The demo

demo-no-json = the demo is a story for people and tells it in prose; leave --json out, and give it to the commands that the story shows
demo-opening = A registry opens on { $address }, with SQLite and keys made just now.
demo-parties = Two organisations join: Acme owns models, Globex wants to use one.
demo-keys = Each made a signing key, proved that it holds it, and approved it.
demo-train-both = Acme trains a classifier on two data sets: reviews-open (CC0-1.0) and forum-noncommercial (CC-BY-NC-4.0).
demo-train-open = Acme trains again, without forum-noncommercial, and registers a new version.
demo-trained = Trained on { $examples } sentences; accuracy on them { $accuracy }.
demo-registered = Signed, sealed and registered as version { $version }; manifest { $digest }.
demo-license = Acme sells Globex a licence. Globex signs the digest of the terms and makes a key for its shop.
demo-call = Globex calls the model it paid for.
demo-refused = REFUSED: { $detail }
demo-allowed = ALLOWED: `{ $label }`, with receipt { $receipt }.
demo-flip = Somebody flips one byte of a stored file of version 1.
demo-caught = CAUGHT: the sealed file no longer opens, and the model is INVALID.
demo-verify = The log is checked from its public parts alone, a receipt and an export are checked without a server.
demo-end = Every entry, receipt and export holds.
demo-serving = The registry goes on serving on { $address }.
demo-try = Three commands to try:
demo-pages = In a browser: { $address }/set-up, as the model's owner, with { $key }
demo-stop = Everything lies in { $folder }. Stop with Ctrl-C.

## Doctor

health-good = good
health-notice = look
health-bad = BAD

## Manual pages

man-written = { $count } pages are in `{ $folder }`; read them with `man -l { $folder }/chancery.1`

## Backing up and restoring

data-missing = there is no folder `{ $folder }`; name the folder that `serve` was given as --data
backup-copying = copying
backup-done = Backed up to { $to }: { $database } as of { $taken }, { $blobs } sealed files ({ $kept } from before), { $bytes } bytes.
backup-log = { $log } log: { $size } entries, root { $root }
backup-keys-copied = The keys are in { $folder }: keep them apart from the backup. What the logs sign last is not among them; the folder of a running server remembers it.
backup-keys-apart = The keys are not in it. Keep a copy of { $folder } elsewhere (--with-keys DIR): without the root key the backup cannot be opened, and with it anybody can.
restore-copying = checking and copying
restore-done = Restored the registry as of { $taken } to { $data }, with { $blobs } sealed files.
restore-log-whole = { $log } log: { $size } entries, all that was signed
restore-log-older = { $log } log: OLDER THAN WHAT WAS SIGNED: { $size } entries were restored and { $signed } were signed, so { $missing } are missing
restore-log-unremembered = { $log } log: { $size } entries; what was signed after the backup is not remembered here
restore-older-next =
    The server will not start on this, because whoever saw the missing entries would see a fork.
    If there is a newer backup, restore that one. If not, go on under another name, which everybody has to pin:
      chancery restore --accept-loss --data { $data }
restore-nothing-lost = The logs have everything that was signed of them, so they keep their name.
succession-ended = { $origin } has ended; its { $size } entries go on as { $next }, and the next entry says why.
rotation-ordered = Ordered as { $id }. Stop every server of the registry by { $until } and run, on the machine that has the keys: chancery log rotate --data DIR
rotation-announce =
    The old keys are in { $aside }. Copy the new ones to where you keep copies (backup --with-keys NEW-FOLDER), start the server, and tell
    everybody who verifies this registry; on their side:
      chancery trust add --from SERVER
      chancery log verify --new-name
restore-announce =
    What was revoked, held or withdrawn after the backup is in force no more: do it again first, before others may call.
    The old keys are in { $aside }. Tell everybody who verifies this registry, with what was lost; on their side:
      chancery trust add --from SERVER
      chancery log verify --new-name
migrate-nothing = The tables are up to date.
migrate-pending = Not applied yet: { $names }. `chancery migrate` applies them; make a backup first.
migrate-done = Applied: { $names }.

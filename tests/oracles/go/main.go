// Command verify_log checks a transparency log, or one receipt from it, with Go's checksum-database packages.
//
// It shares no code with Chancery: signed notes are opened by golang.org/x/mod/sumdb/note, and every hash and proof comes
// from golang.org/x/mod/sumdb/tlog. What is written here is only the reading of C2SP tlog-tiles, tlog-checkpoint and
// tlog-proof. It verifies Ed25519 log signatures only and ignores witness cosignatures.
//
//	verify_log log   -log URL_OR_DIRECTORY -vkey KEY [-proofs N] [-seed S] [-older-size N -older-root BASE64]
//	verify_log proof -proof FILE -entry FILE -vkey KEY
//
// It exits 0 when everything holds, 1 when something does not (the line on standard error names what), 2 on wrong usage.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	if len(os.Args) < 2 {
		usage()
	}
	var err error
	switch os.Args[1] {
	case "log":
		err = runLog(os.Args[2:])
	case "proof":
		err = runProof(os.Args[2:])
	default:
		usage()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "INVALID:", err)
		os.Exit(1)
	}
	fmt.Println("valid")
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: verify_log log|proof [flags]; -help after the mode lists its flags")
	os.Exit(2)
}

func runLog(arguments []string) error {
	flags := flag.NewFlagSet("log", flag.ExitOnError)
	location := flags.String("log", "", "base URL or directory that holds `checkpoint` and `tile/`")
	vkey := flags.String("vkey", "", "verifier key of the log, as signed-note writes it")
	proofs := flags.Int("proofs", 16, "inclusion proofs to check at random indices")
	seed := flags.Int64("seed", time.Now().UnixNano(), "seed of those indices")
	olderSize := flags.Int64("older-size", -1, "size of an older checkpoint that this log must extend")
	olderRoot := flags.String("older-root", "", "base64 root of that older checkpoint")
	flags.Parse(arguments)
	if *location == "" || *vkey == "" || (*olderSize < 0) != (*olderRoot == "") {
		flags.Usage()
		os.Exit(2)
	}

	published := open(*location)
	tree, err := readCheckpoint(published, *vkey)
	if err != nil {
		return err
	}
	fmt.Printf("checkpoint: size %d, root %s, signature valid\n", tree.N, tree.Hash)

	if err := verifyTree(published, tree); err != nil {
		return err
	}
	fmt.Printf("tree: %d entries give the signed root, every tile matches\n", tree.N)

	if err := verifyInclusions(published, tree, *proofs, *seed); err != nil {
		return fmt.Errorf("%w (seed %d)", err, *seed)
	}
	if *olderSize >= 0 {
		root, err := parseHash(*olderRoot)
		if err != nil {
			return fmt.Errorf("older root: %w", err)
		}
		if err := verifyConsistency(published, tree, tlog.Tree{N: *olderSize, Hash: root}); err != nil {
			return err
		}
		fmt.Printf("consistency: extends the tree of size %d\n", *olderSize)
	}
	return nil
}

func runProof(arguments []string) error {
	flags := flag.NewFlagSet("proof", flag.ExitOnError)
	proof := flags.String("proof", "", "tlog-proof file")
	entry := flags.String("entry", "", "file with the bytes of the entry, as the log's bundles hold them")
	vkey := flags.String("vkey", "", "verifier key of the log, as signed-note writes it")
	flags.Parse(arguments)
	if *proof == "" || *entry == "" || *vkey == "" {
		flags.Usage()
		os.Exit(2)
	}
	return verifyProofFile(*proof, *entry, *vkey)
}

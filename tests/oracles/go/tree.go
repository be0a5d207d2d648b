package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand"

	"golang.org/x/mod/sumdb/tlog"
)

// memory holds every stored hash of a tree that was rebuilt from its entries, in tlog's own order.
type memory []tlog.Hash

func (m memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index < 0 || index >= int64(len(m)) {
			return nil, fmt.Errorf("hash %d is outside the tree", index)
		}
		hashes[i] = m[index]
	}
	return hashes, nil
}

// verifyTree rebuilds the tree from the entry bundles alone and compares the root and every published tile with it.
func verifyTree(published source, tree tlog.Tree) error {
	rebuilt, err := rebuild(published, tree.N)
	if err != nil {
		return err
	}
	root, err := rootOf(rebuilt, tree.N)
	if err != nil {
		return err
	}
	if err := compareTiles(published, rebuilt, tree.N); err != nil {
		return err
	}
	if root != tree.Hash {
		return fmt.Errorf("tree: the entries give root %s, the checkpoint signs %s", root, tree.Hash)
	}
	return nil
}

// rootOf is RFC 6962 section 2.1: the root of no entries is the hash of the empty string, which tlog leaves out.
func rootOf(hashes tlog.HashReader, size int64) (tlog.Hash, error) {
	if size == 0 {
		return tlog.Hash(sha256.Sum256(nil)), nil
	}
	return tlog.TreeHash(size, hashes)
}

func rebuild(published source, size int64) (memory, error) {
	var rebuilt memory
	for first := int64(0); first < size; first += tileWidth {
		entries, err := readBundle(published, first/tileWidth, widthFrom(first, size))
		if err != nil {
			return nil, err
		}
		for i, entry := range entries {
			hashes, err := tlog.StoredHashesForRecordHash(first+int64(i), tlog.RecordHash(entry), rebuilt)
			if err != nil {
				return nil, err
			}
			rebuilt = append(rebuilt, hashes...)
		}
	}
	return rebuilt, nil
}

// readBundle splits a bundle into exactly `width` entries, each behind a big-endian 16-bit length.
func readBundle(published source, number int64, width int) ([][]byte, error) {
	path := tilePath(tlog.Tile{H: tileHeight, L: bundleLevel, N: number, W: width})
	rest, err := published.read(path)
	if err != nil {
		return nil, err
	}
	entries := make([][]byte, 0, width)
	for len(entries) < width {
		if len(rest) < 2 || len(rest) < 2+int(binary.BigEndian.Uint16(rest)) {
			return nil, fmt.Errorf("%s: ends inside entry %d", path, number*tileWidth+int64(len(entries)))
		}
		end := 2 + int(binary.BigEndian.Uint16(rest))
		entries = append(entries, rest[2:end])
		rest = rest[end:]
	}
	if len(rest) != 0 {
		return nil, fmt.Errorf("%s: %d bytes follow its last entry", path, len(rest))
	}
	return entries, nil
}

// compareTiles reads every hash tile that a tree of this size has and names the first hash that differs.
func compareTiles(published source, rebuilt memory, size int64) error {
	for _, tile := range tilesOf(size) {
		expected, err := tlog.ReadTileData(tile, rebuilt)
		if err != nil {
			return err
		}
		found, err := published.read(tilePath(tile))
		if err != nil {
			return err
		}
		if len(found) != len(expected) {
			return fmt.Errorf("%s: %d bytes, must be %d", tilePath(tile), len(found), len(expected))
		}
		for i := 0; i < len(expected); i += tlog.HashSize {
			if !bytes.Equal(found[i:i+tlog.HashSize], expected[i:i+tlog.HashSize]) {
				return mismatch(tile, int64(i/tlog.HashSize))
			}
		}
	}
	return nil
}

// tilesOf lists the hash tiles of a tree: full ones at every level, then the partial one of exactly the width left over.
// (tlog.NewTiles lists partial tiles of every smaller width too, which a log need not have published.)
func tilesOf(size int64) []tlog.Tile {
	var all []tlog.Tile
	for level, hashes := 0, size; hashes > 0; level, hashes = level+1, hashes/tileWidth {
		for first := int64(0); first < hashes; first += tileWidth {
			tile := tlog.Tile{H: tileHeight, L: level, N: first / tileWidth, W: widthFrom(first, hashes)}
			all = append(all, tile)
		}
	}
	return all
}

// widthFrom says how many of `count` pieces the tile that starts at piece `first` holds.
func widthFrom(first, count int64) int {
	if count-first < tileWidth {
		return int(count - first)
	}
	return tileWidth
}

func mismatch(tile tlog.Tile, position int64) error {
	index := tile.N*tileWidth + position
	if tile.L == 0 {
		return fmt.Errorf("entry %d does not match its hash in %s", index, tilePath(tile))
	}
	return fmt.Errorf("%s: hash %d is not the hash of what lies below it", tilePath(tile), position)
}

// verifyInclusions proves entries at random indices from the published tiles alone.
func verifyInclusions(published source, tree tlog.Tree, count int, seed int64) error {
	if tree.N == 0 {
		fmt.Println("inclusion: nothing to prove in an empty tree")
		return nil
	}
	hashes := tlog.TileHashReader(tree, tiles{published})
	random := rand.New(rand.NewSource(seed))
	for i := 0; i < count; i++ {
		if err := verifyInclusion(published, hashes, tree, random.Int63n(tree.N)); err != nil {
			return err
		}
	}
	fmt.Printf("inclusion: %d random indices proved\n", count)
	return nil
}

func verifyInclusion(published source, hashes tlog.HashReader, tree tlog.Tree, index int64) error {
	first := index - index%tileWidth
	entries, err := readBundle(published, index/tileWidth, widthFrom(first, tree.N))
	if err != nil {
		return err
	}
	proof, err := tlog.ProveRecord(tree.N, index, hashes)
	if err != nil {
		return fmt.Errorf("inclusion of entry %d: %w", index, err)
	}
	if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entries[index-first])); err != nil {
		return fmt.Errorf("inclusion of entry %d: %w", index, err)
	}
	return nil
}

// verifyConsistency proves from the published tiles that the tree extends an older one.
func verifyConsistency(published source, tree, older tlog.Tree) error {
	if older.N > tree.N {
		return fmt.Errorf("consistency: the log shrank from %d entries to %d", older.N, tree.N)
	}
	if older.N == 0 {
		empty, err := rootOf(nil, 0)
		if err == nil && older.Hash != empty {
			err = fmt.Errorf("consistency: %s is not the root of an empty tree", older.Hash)
		}
		return err
	}
	proof, err := tlog.ProveTree(tree.N, older.N, tlog.TileHashReader(tree, tiles{published}))
	if err != nil {
		return fmt.Errorf("consistency: %w", err)
	}
	if err := tlog.CheckTree(proof, tree.N, tree.Hash, older.N, older.Hash); err != nil {
		return fmt.Errorf("consistency with size %d: %w", older.N, err)
	}
	return nil
}

package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

const (
	// tileHeight and tileWidth are fixed by C2SP tlog-tiles: 256 hashes a tile.
	tileHeight = 8
	tileWidth  = 1 << tileHeight
	// bundleLevel is how tlog.Tile marks a tile of entries.
	bundleLevel = -1
	// largestFile is a full bundle of the longest entries the format allows, each behind its two length bytes.
	largestFile = tileWidth * (2 + 65535)
	// fetchTimeout bounds one request, so that a stuck server is reported rather than waited for.
	fetchTimeout = 10 * time.Second
)

// source reads files of a published log by their path below its prefix.
type source interface {
	read(path string) ([]byte, error)
}

func open(location string) source {
	if strings.HasPrefix(location, "http://") || strings.HasPrefix(location, "https://") {
		return website{strings.TrimSuffix(location, "/"), &http.Client{Timeout: fetchTimeout}}
	}
	return directory(location)
}

type directory string

func (d directory) read(path string) ([]byte, error) {
	return os.ReadFile(filepath.Join(string(d), filepath.FromSlash(path)))
}

type website struct {
	prefix string
	client *http.Client
}

func (w website) read(path string) ([]byte, error) {
	response, err := w.client.Get(w.prefix + "/" + path)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: the server answered %s", path, response.Status)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, largestFile+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(body) > largestFile {
		return nil, fmt.Errorf("%s: longer than any file of a log may be", path)
	}
	return body, nil
}

// tilePath names a tile as C2SP tlog-tiles does: Go's own path without the height, and `entries` where Go says `data`.
func tilePath(tile tlog.Tile) string {
	path := strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight))
	if tile.L == bundleLevel {
		path = "entries/" + strings.TrimPrefix(path, "data/")
	}
	return "tile/" + path
}

// tiles lets tlog read hash tiles from the published log.
type tiles struct{ published source }

func (t tiles) Height() int                     { return tileHeight }
func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	contents := make([][]byte, len(wanted))
	for i, tile := range wanted {
		content, err := t.published.read(tilePath(tile))
		if err != nil {
			return nil, err
		}
		contents[i] = content
	}
	return contents, nil
}

// Package store holds the files that were sent, and gives each render those it may read.
package store

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/filesys"

	"engine/internal/protocol"
)

// Files are contents by number. Trees share them: two versions of a repository differ in a few files.
type Files struct {
	contents map[int][]byte
}

// New makes an empty store.
func New() *Files {
	return &Files{contents: map[int][]byte{}}
}

// Put adds contents.
func (f *Files) Put(contents map[int]protocol.Content) {
	for number, content := range contents {
		if content.Text != nil {
			f.contents[number] = []byte(*content.Text)
		} else {
			f.contents[number] = content.Base64
		}
	}
}

// View is what one render may read, and what it read of it.
type View struct {
	files   *Files
	numbers map[string]int
	read    map[string]bool
}

// View allows files by their path from the root of a repository; their contents have to be there.
func (f *Files) View(numbers map[string]int) (*View, error) {
	for name, number := range numbers {
		if path.IsAbs(name) || name != path.Clean(name) || strings.HasPrefix(name, "../") {
			return nil, fmt.Errorf("%s is not a path in the repository", name)
		}
		if _, ok := f.contents[number]; !ok {
			return nil, fmt.Errorf("the content of %s was never sent", name)
		}
	}
	return &View{f, numbers, map[string]bool{}}, nil
}

// Read returns the content of a file.
func (v *View) Read(name string) ([]byte, bool) {
	number, ok := v.numbers[name]
	if ok {
		v.read[name] = true
	}
	return v.files.contents[number], ok
}

// ReadBelow notes that all of a folder was read, whoever did it first.
func (v *View) ReadBelow(folder string) {
	for name := range v.numbers {
		if strings.HasPrefix(name, folder+"/") {
			v.read[name] = true
		}
	}
}

// Identity names what a folder holds: equal only for equal files.
func (v *View) Identity(folder string) string {
	var text strings.Builder
	for _, name := range v.Below(folder) {
		fmt.Fprintf(&text, "%s\x00%d\x00", name, v.numbers[folder+"/"+name])
	}
	return text.String()
}

// Below returns the files below a folder by their path from it, sorted.
func (v *View) Below(folder string) []string {
	var found []string
	for name := range v.numbers {
		if rest, ok := strings.CutPrefix(name, folder+"/"); ok {
			found = append(found, rest)
		}
	}
	slices.Sort(found)
	return found
}

// Reads returns what was read, sorted.
func (v *View) Reads() []string {
	reads := make([]string, 0, len(v.read))
	for name := range v.read {
		reads = append(reads, name)
	}
	slices.Sort(reads)
	return reads
}

// Root is where the repository is on the Disk; no path in a repository begins so.
const Root = "/.repository/"

// Disk returns a file system that holds the allowed files below Root, and nothing else.
func (v *View) Disk() (filesys.FileSystem, error) {
	memory := filesys.MakeFsInMemory()
	for name, number := range v.numbers {
		if err := memory.WriteFile(Root+name, v.files.contents[number]); err != nil {
			return nil, err
		}
	}
	return recording{memory, v}, nil
}

// recording notes which files are read.
type recording struct {
	filesys.FileSystem
	view *View
}

func (r recording) ReadFile(name string) ([]byte, error) {
	content, err := r.FileSystem.ReadFile(name)
	if err == nil {
		r.view.read[strings.TrimPrefix(path.Clean(name), Root)] = true
	}
	return content, err
}

// CleanedAbs says of what is not there what a disk says.
func (r recording) CleanedAbs(name string) (filesys.ConfirmedDir, string, error) {
	folder, file, err := r.FileSystem.CleanedAbs(name)
	if err != nil && !r.Exists(name) {
		err = fmt.Errorf("evalsymlink failure on '%s' : lstat %s: no such file or directory", name, name)
	}
	return folder, file, err
}

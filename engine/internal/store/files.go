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

// View is what one render may read.
type View struct {
	files   *Files
	numbers map[string]int
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
	return &View{f, numbers}, nil
}

// Read returns the content of a file.
func (v *View) Read(name string) ([]byte, bool) {
	number, ok := v.numbers[name]
	return v.files.contents[number], ok
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
	return disk{memory}, nil
}

// disk is one in memory that says of what is not there what a real one says.
type disk struct{ filesys.FileSystem }

// CleanedAbs names a file's folder and its name in it.
func (d disk) CleanedAbs(name string) (filesys.ConfirmedDir, string, error) {
	folder, file, err := d.FileSystem.CleanedAbs(name)
	if err != nil && !d.Exists(name) {
		err = fmt.Errorf("evalsymlink failure on '%s' : lstat %s: no such file or directory", name, name)
	}
	return folder, file, err
}

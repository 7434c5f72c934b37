package csv_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/connector"
	"provost/internal/connector/csv"
)

// write puts a file into a new folder and returns its path.
func write(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "people.csv")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o640))
	return path
}

func openFile(t *testing.T, parameters map[string]string) *csv.File {
	t.Helper()
	c, err := connector.Open(t.Context(), csv.Kind(), connector.Config{Parameters: parameters})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	return c.(*csv.File)
}

func list(t *testing.T, f *csv.File, class connector.Class) (objects []connector.Object, problems []connector.Problem, token string) {
	t.Helper()
	require.NoError(t, f.List(t.Context(), class, connector.ListOptions{PageSize: 3}, func(page connector.Page) error {
		objects = append(objects, page.Objects...)
		problems = append(problems, page.Problems...)
		token = page.Token
		return nil
	}))
	return objects, problems, token
}

func keys(objects []connector.Object) []string {
	var names []string
	for _, o := range objects {
		names = append(names, o.Key)
	}
	return names
}

func TestBadRowsAreReportedAndTheOthersRead(t *testing.T) {
	t.Parallel()
	path := write(t, strings.Join([]string{
		"\ufeffid;name;note", "1;Anna;first", ";nobody;", "2;too;many;cells", "3;few", "1;Anna again;", "4;\"open;", "5;Bert;\"two", "lines\"",
		"6;\xff;", "7;\"a\"b;", "", "8;Carl;",
	}, "\r\n"))
	f := openFile(t, map[string]string{"file": path, "key": "ID"})
	objects, problems, _ := list(t, f, connector.Class{Name: "person"})
	require.Equal(t, []string{"1", "5", "8"}, keys(objects))
	require.Equal(t, connector.Attributes{"id": "5", "name": "Bert", "note": "two\r\nlines"}, objects[1].Attributes)
	var lines []int
	for _, p := range problems {
		lines = append(lines, p.Line)
		require.NotEmpty(t, p.Message)
	}
	require.Equal(t, []int{3, 4, 5, 6, 7, 10, 11}, lines)
	require.Equal(t, "1", problems[3].Key)
	require.Contains(t, problems[3].Message, "line 2")
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		content, key string
		class        connector.ErrorClass
		text         string
	}{
		"empty file":       {"", "", connector.ClassData, "empty"},
		"blank file":       {"\n\n", "", connector.ClassData, "empty"},
		"twin columns":     {"a,b,A\n", "", connector.ClassData, `columns 1 and 3`},
		"no such key":      {"a,b\n", "c", connector.ClassPolicy, `no column "c"`},
		"UTF-16":           {"\xff\xfea\x00", "", connector.ClassData, "UTF-16"},
		"open quote":       {"\"a,b\n1,2\n", "", connector.ClassData, "line 1, the header"},
		"foreign encoding": {"a\xe9,b\n", "", connector.ClassData, "encoding"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := openFile(t, map[string]string{"file": write(t, c.content), "key": c.key})
			err := f.Test(t.Context())
			require.Equal(t, c.class, connector.ClassOf(err), "%v", err)
			require.ErrorContains(t, err, c.text)
		})
	}
}

func TestHeaderOnlyIsAnEmptyListing(t *testing.T) {
	t.Parallel()
	f := openFile(t, map[string]string{"file": write(t, "a,,c")})
	objects, problems, token := list(t, f, connector.Class{})
	require.Empty(t, objects)
	require.Empty(t, problems)
	require.NotEmpty(t, token)
	classes, err := f.Schema(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"a", "column2", "c"}, []string{
		classes[0].Attributes[0].Name, classes[0].Attributes[1].Name, classes[0].Attributes[2].Name,
	})
	require.True(t, classes[0].Attributes[0].Key, "without a key the first column is it")
}

func TestEncodings(t *testing.T) {
	t.Parallel()
	for encoding, cell := range map[string]string{"iso-8859-1": "Zo\xeb", "iso-8859-15": "Zo\xeb\xa4", "windows-1252": "Zo\xeb\x80", "utf-8": "Zoë€"} {
		f := openFile(t, map[string]string{"file": write(t, "name,n\n"+cell+",1\n"), "encoding": encoding, "write": "true"})
		objects, problems, _ := list(t, f, connector.Class{})
		require.Empty(t, problems)
		require.True(t, strings.HasPrefix(objects[0].Key, "Zoë"), "%s: %q", encoding, objects[0].Key)
		_, err := f.Update(t.Context(), connector.Class{}, objects[0], connector.Attributes{"n": "é"})
		require.NoError(t, err)
		found, err := f.Get(t.Context(), connector.Class{}, objects[0].Ref())
		require.NoError(t, err)
		require.Equal(t, "é", found.Attributes["n"])
		_, err = f.Update(t.Context(), connector.Class{}, found, connector.Attributes{"n": "名"})
		if encoding != "utf-8" {
			require.Equal(t, connector.ClassData, connector.ClassOf(err))
		}
	}
	f := openFile(t, map[string]string{"file": write(t, "name\na\x81\n"), "encoding": "windows-1252"})
	_, problems, _ := list(t, f, connector.Class{})
	require.Len(t, problems, 1)
}

func TestMappedAttributesKeepTheirSpelling(t *testing.T) {
	t.Parallel()
	f := openFile(t, map[string]string{"file": write(t, "ID,Name,Secret\n1,Anna,x\n"), "separator": "comma"})
	objects, _, _ := list(t, f, connector.Class{Attributes: []string{"name"}, Properties: map[string]string{"key": "id"}})
	require.Equal(t, connector.Attributes{"ID": "1", "name": "Anna"}, objects[0].Attributes)
}

func TestToken(t *testing.T) {
	t.Parallel()
	path := write(t, "id\n1\n")
	f := openFile(t, map[string]string{"file": path})
	_, _, token := list(t, f, connector.Class{})
	count := func() (n int) {
		require.NoError(t, f.List(t.Context(), connector.Class{}, connector.ListOptions{Token: token}, func(page connector.Page) error {
			n += len(page.Objects)
			token = page.Token
			return nil
		}))
		return n
	}
	require.Zero(t, count(), "nothing changed")
	require.NoError(t, os.WriteFile(path, []byte("id\n1\n2\n"), 0o640))
	require.Equal(t, 2, count(), "a changed file is listed whole")
	require.Zero(t, count())
}

func TestFolder(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	outside := write(t, "id\n1\n")
	require.NoError(t, os.WriteFile(filepath.Join(folder, "roles.csv"), []byte("role\nadmin\n"), 0o640))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "broken.csv"), nil, 0o640))
	require.NoError(t, os.Symlink(outside, filepath.Join(folder, "link.csv")))
	require.NoError(t, syscall.Mkfifo(filepath.Join(folder, "pipe.csv"), 0o600))
	f := openFile(t, map[string]string{"file": folder, "write": "true"})
	require.NoError(t, f.Test(t.Context()))
	class := func(file string) connector.Class {
		return connector.Class{Name: "role", Properties: map[string]string{"file": file}}
	}
	objects, _, _ := list(t, f, class("roles.csv"))
	require.Equal(t, []string{"admin"}, keys(objects))
	_, err := f.Create(t.Context(), class("roles.csv"), connector.Attributes{"role": "auditor"})
	require.NoError(t, err)
	for _, file := range []string{"", "../people.csv", outside, "link.csv", "pipe.csv", ".", "absent.csv"} {
		_, err := f.Get(t.Context(), class(file), connector.Key{Name: "1"})
		require.Error(t, err, file)
		require.NotErrorIs(t, err, connector.ErrNotFound)
		_, err = f.Create(t.Context(), class(file), connector.Attributes{"id": "2"})
		require.Error(t, err, file)
	}
	untouched, err := os.ReadFile(outside)
	require.NoError(t, err)
	require.Equal(t, "id\n1\n", string(untouched))
	classes, err := f.Schema(t.Context())
	require.NoError(t, err)
	require.Len(t, classes, 1)
	require.Equal(t, "roles.csv", classes[0].Name)
}

func TestWritingKeepsWhatItDoesNotTouch(t *testing.T) {
	t.Parallel()
	const before = "\ufeff\"id\";name;note\r\n1;\"Anna\";x\r\n\"open;row\r\n2;Bert;y\r\ntoo;few\r\n3;Carl;z"
	path := write(t, before)
	f := openFile(t, map[string]string{"file": path, "write": "true", "key": "id"})
	class := connector.Class{}
	_, err := f.Update(t.Context(), class, connector.Object{Key: "2"}, connector.Attributes{"note": `"new"; y`})
	require.NoError(t, err)
	_, err = f.Create(t.Context(), class, connector.Attributes{"id": "4", "name": "=Dora"})
	require.NoError(t, err)
	require.NoError(t, f.Delete(t.Context(), class, connector.Key{Name: "1"}))
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "\ufeff\"id\";name;note\r\n\"open;row\r\n2;Bert;\"\"\"new\"\"; y\"\r\ntoo;few\r\n3;Carl;z\r\n4;=Dora;\r\n", string(after))
	backup, err := os.ReadFile(path + ".bak")
	require.NoError(t, err)
	require.True(t, bytes.Contains(backup, []byte("1;\"Anna\";x")), "the backup is the file before the last write")
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o640), info.Mode().Perm())
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".*"))
	require.NoError(t, err)
	require.Empty(t, left, "no temporary files stay")
}

func TestWritesThatAreRefused(t *testing.T) {
	t.Parallel()
	const content = "id,name,tags\n1,Anna,\n"
	path := write(t, content)
	readOnly := openFile(t, map[string]string{"file": path})
	writer := openFile(t, map[string]string{"file": path, "write": "true", "backup": "false"})
	class := connector.Class{Properties: map[string]string{"multiValued": "tags"}}
	cases := map[string]struct {
		file       *csv.File
		attributes connector.Attributes
		class      connector.ErrorClass
	}{
		"read-only agent":     {readOnly, connector.Attributes{"id": "2"}, connector.ClassUnsupported},
		"unknown column":      {writer, connector.Attributes{"id": "2", "odd": "x"}, connector.ClassPolicy},
		"too many values":     {writer, connector.Attributes{"id": "2", "name": []any{"a", "b"}}, connector.ClassData},
		"separator in values": {writer, connector.Attributes{"id": "2", "tags": []any{"a|b"}}, connector.ClassData},
		"no key":              {writer, connector.Attributes{"name": "x"}, connector.ClassData},
		"taken key":           {writer, connector.Attributes{"id": "1"}, connector.ClassData},
	}
	for name, c := range cases {
		_, err := c.file.Create(t.Context(), class, c.attributes)
		require.Equal(t, c.class, connector.ClassOf(err), "%s: %v", name, err)
	}
	_, err := writer.Update(t.Context(), class, connector.Object{Key: "1"}, connector.Attributes{"id": ""})
	require.Equal(t, connector.ClassData, connector.ClassOf(err), "the key cannot be cleared")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, writer.Delete(ended, class, connector.Key{Name: "1"}), context.Canceled)
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, content, string(after))
	require.NoFileExists(t, path+".bak")
}

func TestALineThatCannotBeCopiedForbidsWriting(t *testing.T) {
	t.Parallel()
	path := write(t, "id,name\n1,"+strings.Repeat("x", 2<<20)+"\n2,Bert\n")
	f := openFile(t, map[string]string{"file": path, "write": "true"})
	err := f.Delete(t.Context(), connector.Class{}, connector.Key{Name: "2"})
	require.Equal(t, connector.ClassData, connector.ClassOf(err))
	require.ErrorContains(t, err, "line 2")
	objects, problems, _ := list(t, f, connector.Class{})
	require.Equal(t, []string{"2"}, keys(objects))
	require.Len(t, problems, 1)
}

func TestMissingFile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	f := openFile(t, map[string]string{"file": filepath.Join(folder, "later.csv")})
	require.Equal(t, connector.ClassUnavailable, connector.ClassOf(f.Test(t.Context())))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "later.csv"), []byte("id\n"), 0o640))
	require.NoError(t, f.Test(t.Context()), "the file may come later")
	_, err := connector.Open(t.Context(), csv.Kind(), connector.Config{Parameters: map[string]string{"file": filepath.Join(folder, "no", "such.csv")}})
	require.Equal(t, connector.ClassUnavailable, connector.ClassOf(err))
}

func TestAFileThatIsWrongAsAWholeEndsTheListing(t *testing.T) {
	t.Parallel()
	f := openFile(t, map[string]string{"file": write(t, "id,name\n"+strings.Repeat("x\n", 20_000))})
	err := f.List(t.Context(), connector.Class{}, connector.ListOptions{}, func(connector.Page) error { return nil })
	require.Equal(t, connector.ClassData, connector.ClassOf(err))
}

package api

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// upload sends a file to the import of a resource, with further form fields.
func (c *client) upload(resource, file string, fields map[string]string) *answer {
	c.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "sample.csv")
	require.NoError(c.t, err)
	_, err = part.Write([]byte(file))
	require.NoError(c.t, err)
	for name, value := range fields {
		require.NoError(c.t, form.WriteField(name, value))
	}
	require.NoError(c.t, form.Close())
	return c.do(http.MethodPost, "/api/v1/"+resource+"/import", &body, "Content-Type", form.FormDataContentType())
}

func readCSV(t *testing.T, a *answer) (header []string, rows [][]string) {
	t.Helper()
	require.True(t, strings.HasPrefix(a.head.Get("Content-Type"), "text/csv"), a.head.Get("Content-Type"))
	all, err := csv.NewReader(bytes.NewReader(a.body)).ReadAll()
	require.NoError(t, err)
	require.NotEmpty(t, all)
	return all[0], all[1:]
}

func TestTableHasAllRowsWhateverThePage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var file strings.Builder
	file.WriteString("name,parent\n")
	for i := range 1200 {
		fmt.Fprintf(&file, "unit-%04d,world\n", i)
	}
	report := b.admin.upload("groups", file.String(), nil).status(http.StatusOK).object()
	require.InEpsilon(t, 1200.0, report["created"], 0, "%v", report)
	header, rows := readCSV(t, b.admin.get("/api/v1/groups?page=2&size=10&sort=-name&columns=name,parent&filter=name+sw+%22unit%22", "Accept", "text/csv").status(http.StatusOK))
	require.Equal(t, []string{"name", "parent"}, header)
	require.Len(t, rows, 1200)
	require.Equal(t, []string{"unit-1199", "world"}, rows[0])

	again := b.admin.upload("groups", file.String(), nil).status(http.StatusOK).object()
	require.InEpsilon(t, 1200.0, again["unchanged"], 0, "%v", again)
	removed := b.admin.upload("groups", file.String(), map[string]string{"mode": "delete"}).status(http.StatusOK).object()
	require.InEpsilon(t, 1200.0, removed["deleted"], 0, "%v", removed)
}

func TestUnknownColumnsAreAProblem(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.admin.get("/api/v1/groups?format=csv&columns=name,shoe").problem(http.StatusUnprocessableEntity, "invalid")
	require.Equal(t, "columns", p.Errors[0].Location)
	b.admin.get("/api/v1/groups?format=csv&filter=shoe+pr").problem(http.StatusUnprocessableEntity, "invalid")
	header, rows := readCSV(t, b.admin.get("/api/v1/roles?format=csv&columns=name&filter=name+eq+%22none%22").status(http.StatusOK))
	require.Equal(t, []string{"name"}, header)
	require.Empty(t, rows)
}

func TestWhatIsExportedIsImportedUnchanged(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.admin.post("/api/v1/metadata", map[string]any{"objectType": "user", "code": "card", "dataType": "string"}).status(http.StatusCreated)
	b.admin.post("/api/v1/metadata", map[string]any{"objectType": "user", "code": "floors", "dataType": "number", "options": map[string]any{"multiValued": true}}).status(http.StatusCreated)
	for _, s := range scenarios(b) {
		draft := s.create
		if s.path == "users" {
			draft["comments"], draft["phone"] = "=cmd|' /C calc'!A0\nsecond, \"line\"", "'+34 900"
			draft["attributes"] = map[string]any{"card": "-7", "floors": []any{1, 2.5}}
		}
		b.admin.post("/api/v1/"+s.path, draft).status(http.StatusCreated)
	}
	w := b.admin.get("/api/v1/roles?filter=name+eq+%22READER%22").list()[0]
	b.admin.post("/api/v1/grants", map[string]any{"accountId": b.admin.get("/api/v1/accounts?filter=name+eq+%22backup%22").list()[0]["id"], "roleId": w["id"]}).status(http.StatusCreated)
	for _, path := range append(paths(), "grants") {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			c := b.admin.in(t)
			table := c.get("/api/v1/" + path + "?format=csv").status(http.StatusOK)
			_, rows := readCSV(t, table)
			require.NotEmpty(t, rows)
			report := c.upload(path, string(table.body), nil).status(http.StatusOK).object()
			require.InEpsilon(t, float64(len(rows)), report["unchanged"], 0, "%v", report)
		})
	}
}

// paths lists the resources of the scenarios.
func paths() []string {
	return []string{
		"users", "user-types", "groups", "group-types", "mail-domains", "memberships", "accounts", "account-access", "systems", "naming-rules",
		"password-domains", "information-systems", "scope-domains", "scope-values", "roles", "role-contents", "group-roles", "metadata",
		"parameters", "authorizations",
	}
}

func TestFormulasAreDisarmed(t *testing.T) {
	t.Parallel()
	for cell, safe := range map[string]string{
		"=1+1": "'=1+1", "+a": "'+a", "-a": "'-a", "@a": "'@a", "\tx": "'\tx", "-12.5": "-12.5", "+34": "+34", "plain": "plain", "": "",
		"'": "'", "'=x": "''=x", "''@x": "'''@x", "it's": "it's", "'quoted'": "'quoted'",
	} {
		require.Equal(t, safe, disarm(cell), "%q", cell)
		require.Equal(t, cell, arm(safe), "%q", safe)
	}
}

func FuzzArmIsTheInverseOfDisarm(f *testing.F) {
	for _, seed := range []string{"=x", "''-1", "'", "-1e5", "\r", "a"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		safe := disarm(cell)
		if got := arm(safe); got != cell {
			t.Fatalf("%q became %q, then %q", cell, safe, got)
		}
	})
}

func TestImportReportsEveryRejectedRow(t *testing.T) {
	t.Parallel()
	b := setup(t)
	file := strings.Join([]string{
		"Login;Given;Surname;Kind;Unit;Mail;On;Note",
		"ana;Ana;Sample;I;world;ana@example.org;yes;",
		"bea;Bea;Sample;X;world;;yes;unknown type",
		"carl;Carl;Sample;I;world;not an address;yes;",
		"dan;Dan;Sample;I;world;;perhaps;",
		"ana;Ana;Again;I;world;;yes;twice in the file",
		"eve;Eve",
		"fred;Fred;Sample;I;world;;no;",
	}, "\r\n") + "\r\n"
	mapping, err := json.Marshal(map[string]string{
		"Login": "userName", "Given": "firstName", "Surname": "lastName", "Kind": "userType", "Unit": "primaryGroup", "Mail": "email", "On": "active", "Note": "",
	})
	require.NoError(t, err)
	fields := map[string]string{"mapping": string(mapping), "dryRun": "true"}
	check := func(a *answer, kept bool) {
		report := a.status(http.StatusOK).object()
		require.InEpsilon(t, 7.0, report["rows"], 0)
		require.InEpsilon(t, 2.0, report["created"], 0, "%v", report)
		require.InEpsilon(t, 5.0, report["rejectedCount"], 0, "%v", report)
		require.Equal(t, kept, report["kept"])
		found := map[string]string{}
		for _, r := range report["rejected"].([]any) {
			row, _ := r.(map[string]any)
			found[fmt.Sprint(row["line"])] = fmt.Sprint(row["key"], " ", row["location"])
			require.NotEmpty(t, row["message"])
		}
		require.Equal(t, map[string]string{"3": "bea userType", "4": "carl email", "5": " active", "6": "ana name", "7": " lastName"}, found)
	}
	check(b.admin.upload("users", "\ufeff"+file, fields), false)
	require.Equal(t, "1", b.admin.get("/api/v1/users").head.Get("X-Total-Count"), "a dry run keeps nothing")

	fields["dryRun"], fields["atomic"] = "false", "true"
	check(b.admin.upload("users", file, fields), false)
	require.Equal(t, "1", b.admin.get("/api/v1/users").head.Get("X-Total-Count"), "all or nothing")

	fields["atomic"] = "false"
	check(b.admin.upload("users", file, fields), true)
	require.Equal(t, []string{"admin", "ana", "fred"}, b.admin.get("/api/v1/users").names("userName"))
}

func TestImportModes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.admin.post("/api/v1/group-types", map[string]any{"name": "old", "description": "first"}).status(http.StatusCreated)
	file := "name,description\nOLD,second\nnew,third\n"
	load := func(mode string) map[string]any {
		return b.admin.upload("group-types", file, map[string]string{"mode": mode, "dryRun": "true"}).status(http.StatusOK).object()
	}
	for mode, want := range map[string][4]float64{ // created, updated, deleted, rejected
		"add": {1, 0, 0, 1}, "update": {0, 1, 0, 1}, "delete": {0, 0, 1, 1}, "all": {1, 1, 0, 0},
	} {
		r := load(mode)
		require.Equal(t, want, [4]float64{r["created"].(float64), r["updated"].(float64), r["deleted"].(float64), r["rejectedCount"].(float64)}, mode)
	}
	b.admin.upload("group-types", file, map[string]string{"mode": "replace"}).problem(http.StatusUnprocessableEntity, "invalid")
}

func TestFilesThatCannotBeLoaded(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cases := []struct{ file, mapping, location string }{
		{"", "", "file"},
		{"name,shoe\nx,1\n", "", "mapping.shoe"},
		{"a,b\nx,y\n", `{"a":"name","b":"name"}`, "mapping.b"},
		{"a,b\nx,y\n", `{"a":""}`, "mapping"},
		{"name\n\"open\n", "", "file"},
		{"name\n\xff\xfe\n", "", "file"},
		{"name\nx\n", `[1]`, "mapping"},
	}
	for _, c := range cases {
		p := b.admin.upload("group-types", c.file, map[string]string{"mapping": c.mapping}).problem(http.StatusUnprocessableEntity, "invalid")
		require.Equal(t, c.location, p.Errors[0].Location, "%q: %s", c.file, p.Detail)
	}
	b.admin.post("/api/v1/group-types/import", map[string]any{}).problem(http.StatusUnprocessableEntity, "invalid")
}

func TestUploadsAreBounded(t *testing.T) {
	t.Parallel()
	b := setup(t)
	setting := b.admin.get("/api/v1/parameters?filter=name+eq+%22soffid.upload.maxsize%22").status(http.StatusOK).list()
	require.Len(t, setting, 1)
	b.admin.patch("/api/v1/parameters/"+fmt.Sprint(setting[0]["id"]), map[string]any{"value": "2000"}).status(http.StatusOK)
	b.admin.upload("group-types", "name\n"+strings.Repeat("x", 3000)+"\n", nil).problem(http.StatusRequestEntityTooLarge, "tooLarge")
	b.admin.upload("group-types", "name\nsmall\n", nil).status(http.StatusOK)
	b.admin.post("/api/v1/groups", map[string]any{"name": strings.Repeat("x", maxBody)}).problem(http.StatusRequestEntityTooLarge, "tooLarge")
}

func TestAnErrorOnlyTheDatabaseSeesRejectsItsRowAlone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.world()
	b.admin.post("/api/v1/account-access", map[string]any{"accountId": w.shared, "level": "owner", "userId": w.user}).status(http.StatusCreated)
	file := "accountId,level,userId\n" + w.shared + ",sso," + w.user + "\n" + w.shared + ",owner," + w.user + "\n" + w.shared + ",manager," + w.user + "\n"
	for _, dry := range []string{"true", "false"} {
		report := b.admin.upload("account-access", file, map[string]string{"dryRun": dry}).status(http.StatusOK).object()
		require.InEpsilon(t, 2.0, report["created"], 0, "%v", report)
		require.InEpsilon(t, 1.0, report["rejectedCount"], 0, "%v", report)
	}
	require.Equal(t, "3", b.admin.get("/api/v1/account-access").head.Get("X-Total-Count"))
}

func TestBulkChange(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.admin.post("/api/v1/metadata", map[string]any{"objectType": "user", "code": "badge", "dataType": "string"}).status(http.StatusCreated)
	for _, name := range []string{"kim", "kai", "lou"} {
		b.admin.post("/api/v1/users", person(name)).status(http.StatusCreated)
	}
	bulk := func(body map[string]any) *answer { return b.admin.post("/api/v1/users/bulk", body) }
	changes := map[string]any{"phone": "55", "attributes.badge": "B"}
	dry := bulk(map[string]any{"filter": `userName sw "k"`, "changes": changes, "dryRun": true}).status(http.StatusOK).object()
	require.InEpsilon(t, 2.0, dry["changed"], 0, "%v", dry)
	require.Equal(t, false, dry["kept"])
	require.Equal(t, "0", b.admin.get("/api/v1/users?filter=phone+eq+%2255%22").head.Get("X-Total-Count"))

	done := bulk(map[string]any{"filter": `userName sw "k"`, "changes": changes}).status(http.StatusOK).object()
	require.InEpsilon(t, 2.0, done["changed"], 0)
	require.Equal(t, []string{"kai", "kim"}, b.admin.get("/api/v1/users?filter=phone+eq+%2255%22+and+attributes.badge+eq+%22B%22").names("userName"))
	again := bulk(map[string]any{"filter": `userName sw "k"`, "changes": changes}).status(http.StatusOK).object()
	require.InEpsilon(t, 2.0, again["unchanged"], 0)

	ids := []any{b.userID(t, "kim"), b.userID(t, "lou")}
	cleared := bulk(map[string]any{"ids": ids, "changes": map[string]any{"phone": nil, "attributes": map[string]any{"badge": nil}}}).status(http.StatusOK).object()
	require.InEpsilon(t, 2.0, cleared["matched"], 0)
	require.InEpsilon(t, 1.0, cleared["changed"], 0, "%v", cleared)

	clash := bulk(map[string]any{"ids": ids, "changes": map[string]any{"userName": "same"}}).status(http.StatusOK).object()
	require.InEpsilon(t, 1.0, clash["rejectedCount"], 0, "%v", clash)
	whole := bulk(map[string]any{"ids": ids, "changes": map[string]any{"email": "nothing"}, "atomic": true}).status(http.StatusOK).object()
	require.Equal(t, false, whole["kept"])
	require.InEpsilon(t, 2.0, whole["rejectedCount"], 0)

	p := bulk(map[string]any{"ids": ids, "changes": map[string]any{"shoe": 1}}).problem(http.StatusUnprocessableEntity, "invalid")
	require.Equal(t, "changes.shoe", p.Errors[0].Location)
	p = bulk(map[string]any{"changes": changes}).problem(http.StatusUnprocessableEntity, "invalid")
	require.Equal(t, "ids", p.Errors[0].Location)
	bulk(map[string]any{"ids": ids, "changes": map[string]any{}}).problem(http.StatusUnprocessableEntity, "invalid")
}

func TestRowsNameWhatTheyReferTo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.world()
	for _, c := range []struct{ resource, file string }{
		{"grants", "account,system,role\nbackup,directory,READER\n"},
		{"role-contents", "role,roleSystem,containedRole,containedRoleSystem\nREADER,directory,WRITER,directory\n"},
		{"group-roles", "group,role,system\nstaff,reader,Directory\n"},
		{"authorizations", "permission,role,system\nuser:query,READER,directory\n"},
		{"memberships", "user,group\nwanda,staff\n"},
	} {
		for _, fields := range []map[string]string{{"dryRun": "true"}, nil} {
			report := b.admin.upload(c.resource, c.file, fields).status(http.StatusOK).object()
			require.InEpsilon(t, 1.0, report["created"], 0, "%s: %v", c.resource, report)
		}
	}
	report := b.admin.upload("grants", "account,system,role\nbackup,directory,NOTHING\n", nil).status(http.StatusOK).object()
	require.InEpsilon(t, 1.0, report["rejectedCount"], 0, "%v", report)
}

func TestAMassChangeIsOneSourceForTheTaskLimit(t *testing.T) {
	t.Parallel()
	b := setup(t)
	setting := func(name, value string) {
		found := b.admin.get("/api/v1/parameters?filter=name+eq+%22" + name + "%22").status(http.StatusOK).list()
		b.admin.patch("/api/v1/parameters/"+fmt.Sprint(found[0]["id"]), map[string]any{"value": value}).status(http.StatusOK)
	}
	setting("soffid.task.mode", "auto")
	setting("soffid.task.limit", "600")
	var file strings.Builder
	file.WriteString("userName,firstName,lastName,userType,primaryGroup\n")
	for i := range batchSize + 150 { // more than one transaction
		fmt.Fprintf(&file, "u%04d,Sample,Person,I,world\n", i)
	}
	tasks := func() (held, sources int) {
		conn, err := pgx.Connect(t.Context(), b.database)
		require.NoError(t, err)
		defer func() { require.NoError(t, conn.Close(t.Context())) }()
		const count = "select count(*) filter (where status = 'held'), count(distinct source_id) from t_master.sync_tasks"
		require.NoError(t, conn.QueryRow(t.Context(), count).Scan(&held, &sources))
		return held, sources
	}
	b.admin.upload("users", file.String(), map[string]string{"dryRun": "true"}).status(http.StatusOK)
	held, sources := tasks()
	require.Zero(t, held+sources, "a dry run leaves nothing behind")
	report := b.admin.upload("users", file.String(), nil).status(http.StatusOK).object()
	require.InEpsilon(t, float64(batchSize+150), report["created"], 0, "%v", report)
	held, sources = tasks()
	require.Equal(t, 1, sources)
	require.Equal(t, batchSize+150, held, "650 tasks of one source are above a limit of 600, although each transaction is below")
}

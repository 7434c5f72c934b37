package acceptance

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/bpm"
	"provost/internal/identity"
	"provost/internal/parameter"
	"provost/internal/testenv/mailtest"
)

// TestTaskThatNobodyDoes has the clock of the whole platform remind of a task, escalate it and end it, with a mail at each turn, and the process
// go the way that its definition names.
func TestTaskThatNobodyDoes(t *testing.T) {
	t.Parallel()
	w := begin(t, "auto")
	server := &mailtest.Server{}
	settings := mailtest.New(t, server)
	w.set(parameter.MailHost, settings.Host)
	w.set(parameter.MailPort, strconv.Itoa(settings.Port))
	w.set(parameter.MailFrom, settings.From)
	w.set(parameter.ExternalURL, "https://provost.example.org/")
	w.set(parameter.BPMNotify, "ops@example.org")
	_, err := w.Platform.MailDomains.Create(w.ctx, identity.MailDomain{Name: "example.org"})
	require.NoError(t, err)
	ada := w.addressed("ada")
	w.addressed("bob")
	w.addressed("cora")
	w.publish(definition("patience", `<startEvent id="s"/>
		<userTask id="a" name="Decide"><extensionElements>
			<idm:task title="Decide about #{requester}" due="PT4S" remind="PT2S" escalate="cora" escalation="replace" expire="PT3S" expireFlow="a-no"/>
			<idm:assignment expression="bob"/></extensionElements></userTask>
		<endEvent id="yes" name="Yes"/>
		<serviceTask id="no" name="Call the moon"><extensionElements><idm:invoke system="Moon" method="GET"/></extensionElements></serviceTask>
		<endEvent id="e"/>
		<sequenceFlow id="a-yes" name="Agree" sourceRef="a" targetRef="yes"/><sequenceFlow id="a-no" name="Refuse" sourceRef="a" targetRef="no"/>`+flows("s>a", "no>e")))
	started, err := w.Platform.Processes.Start(w.as(ada), "patience", nil)
	require.NoError(t, err)

	var letters []string
	w.eventually("four mails are sent", func() bool {
		letters = nil
		for _, text := range server.Letters() {
			letters = append(letters, mailtest.Read(t, text).Subject)
		}
		return len(letters) >= 4
	})
	require.Equal(t, []string{
		"A task waits for you: Decide about ada", "Reminder: Decide about ada", "Late: Decide about ada", "Incident in process " + strconv.FormatInt(started.Number, 10) + ": Sample patience",
	}, letters)
	require.Equal(t, []string{"bob@example.org", "bob@example.org", "cora@example.org", "ops@example.org"}, server.Recipients())
	first := mailtest.Read(t, server.Letters()[0])
	require.Contains(t, first.Text, "https://provost.example.org/tasks/")
	require.Contains(t, first.Text, "Ends by itself:")

	require.NoError(t, w.Platform.Processes.Cancel(w.as(w.user("admin")), started.ID, "Enough."))
	w.eventually("the requester reads what became of it", func() bool { return len(server.Letters()) == 5 })
	last := mailtest.Read(t, server.Letters()[4])
	require.Contains(t, last.Text, "is cancelled")
	require.Contains(t, last.Text, "Decide: nobody decided in time")
	require.Equal(t, string(bpm.Withdrawn), w.process(ada, started.ID).Status)
	log := w.value("select string_agg(kind || ' ' || flow, ', ' order by id) from process_log where kind in ('remind', 'escalate', 'expired', 'incident', 'notice')")
	require.Equal(t, "remind , escalate , expired a-no, incident ", log)
	require.NotContains(t, w.value("select coalesce(string_agg(status, ','), '') from mails"), "waiting")
}

// addressed makes a user with a mail address.
func (w *world) addressed(name string) identity.User {
	w.t.Helper()
	u := sampleUser(name)
	u.Email = name + "@example.org"
	made, err := w.Platform.Users.Create(w.ctx, u)
	require.NoError(w.t, err)
	return made
}

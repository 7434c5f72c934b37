package process_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"provost/internal/process"
	"provost/internal/process/processtest"
)

// All seats of an approval are opened by one statement, with one more for those who are asked, however many there are.
func TestManySeatsAreOpenedAtOnce(t *testing.T) {
	t.Parallel()
	const seats = 500
	b := setup(t)
	b.Exec(`insert into users (id, user_name, first_name, last_name, full_name, user_type_id, primary_group_id, active)
		select gen_random_uuid(), 'seat' || n, 'Sample', 'Seat', 'Sample Seat', u.user_type_id, u.primary_group_id, true from users u, generate_series(1, $1::int) n where u.user_name = 'admin'`, seats)
	p := b.Started(b.User("anna"), processtest.Sample{ID: "leave", Attributes: `<idm:attribute name="grants" type="grant" multiple="true"/>`, Approval: `<idm:approval mode="displayPending" quorum="all"/>`})
	names := make([]string, seats)
	for i := range names {
		names[i] = fmt.Sprintf("seat%d", i+1)
	}
	o := b.Opening(1, names...)
	openings := []process.Opening{o}
	require.NoError(t, b.Ledger.Open(t.Context(), p.ID, openings))
	stands := `select count(*) || ' ' || count(distinct seat) || ' ' || min(seat) || ' ' || max(seat) || ' ' || count(distinct xmin::text || cmin::text) from process_tasks`
	require.Equal(t, []string{"500 500 0 499 1"}, b.Texts(stands))
	require.Equal(t, []string{"500 500 1"}, b.Texts(`select count(*) || ' ' || count(distinct task_id) || ' ' || count(distinct xmin::text || cmin::text) from process_task_candidates`))
	require.Equal(t, []string{"499 seat500"}, b.Texts("select seat || ' ' || c.name from process_tasks t join process_task_candidates c on c.task_id = t.id order by seat desc limit 1"),
		"each has a seat of their own")

	b.Exec("delete from process_tasks where seat in (7, 8)")
	require.NoError(t, b.Ledger.Open(t.Context(), p.ID, openings), "those that are open stay, and what is missing is opened")
	require.Equal(t, []string{"500 500 0 499 2"}, b.Texts(stands))
	require.Equal(t, []string{"7 seat8", "8 seat9"}, b.Texts(
		"select seat || ' ' || c.name from process_tasks t join process_task_candidates c on c.task_id = t.id where seat in (7, 8) order by seat"))
}

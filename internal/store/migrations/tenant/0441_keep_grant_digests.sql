-- +goose Up
-- Information systems tell their notification addresses once a day what was granted and revoked in them.
create table grant_digests (
    information_system_id uuid        not null primary key
                          constraint grant_digests_information_system_id_fkey references information_systems (id) on delete cascade,
    until                 timestamptz not null
);
comment on table grant_digests is 'The moment until which the grants and revokes of an information system were told: midnight, in UTC.';
create index grants_history_superseded_at_idx on grants_history (superseded_at);
create index grants_created_at_idx on grants (created_at);

-- +goose Down
drop index grants_created_at_idx;
drop index grants_history_superseded_at_idx;
drop table grant_digests;

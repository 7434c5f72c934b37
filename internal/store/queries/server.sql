-- name: ReportServer :exec
insert into servers (name, kind, version, started_at, last_seen, details)
values (@name, @kind, @version, @started_at, clock_timestamp(), @details)
on conflict (name) do update set kind = excluded.kind, version = excluded.version, started_at = excluded.started_at,
    last_seen = excluded.last_seen, details = excluded.details;

-- name: ServedSystems :many
-- The agents that the server has to serve now: its own, everybody's, and those of a server that was not seen for half a minute.
select s.id, s.key, s.name, s.threads, s.shared_threads, s.version from systems s
where s.connector <> 'internal' and s.server <> '' and (
    s.server in ('*', @server::text)
    or (s.alternative_server = @server::text
        and not exists (select 1 from servers v where v.name = s.server and v.last_seen > clock_timestamp() - interval '30 seconds')))
order by s.key;

-- +goose Up
-- How the process engine works (guide page 050): one row.
create table process_engine (
    id               boolean     not null primary key default true constraint process_engine_id_check check (id),
    stopped          boolean     not null default false,
    stopped_by       text        not null default '',
    stopped_at       timestamptz,
    document_place   text        not null default 'database' constraint process_engine_document_place_check check (document_place in ('database', 'folder')),
    index_asked_at   timestamptz,
    index_asked_by   text        not null default '',
    index_total      bigint      not null default 0,
    index_done       bigint      not null default 0,
    index_ended_at   timestamptz
);
insert into process_engine default values;
comment on table process_engine is 'Whether timers and background steps run, where new documents go, and how far the rebuilding of the search index is.';

alter table process_documents alter column content drop not null;
alter table process_documents add column place text not null default 'database';
alter table process_documents add constraint process_documents_place_check
    check (place = 'database' and content is not null or place = 'folder' and content is null);
comment on table process_documents is 'Files attached to processes; the content is here, or in the folder of documents under the id.';

-- +goose Down
drop table process_engine;
delete from process_documents where place = 'folder';
alter table process_documents drop constraint process_documents_place_check;
alter table process_documents drop column place;
alter table process_documents alter column content set not null;

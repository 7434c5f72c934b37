-- +goose Up
-- What people do not want to be told of by mail.
create table declined_notices (
    user_id  uuid not null constraint declined_notices_user_id_fkey references users (id) on delete cascade,
    occasion text not null constraint declined_notices_occasion_check check (occasion in ('assignment', 'reminder', 'outcome', 'digest')),
    constraint declined_notices_pkey primary key (user_id, occasion)
);
comment on table declined_notices is 'Occasions of which a person is not told by mail; without a row they are.';

-- +goose Down
drop table declined_notices;

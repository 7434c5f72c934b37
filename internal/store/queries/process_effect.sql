-- name: ProcessEffect :one
select variables from process_effects where process_id = @process_id and element = @element and visit = @visit;

-- name: InsertProcessEffect :exec
insert into process_effects (process_id, element, visit, variables) values (@process_id, @element, @visit, @variables);

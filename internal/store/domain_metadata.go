package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"provost/internal/fault"
	"provost/internal/metadata"
	"provost/internal/store/db"
)

// attributesOf says in which table the custom attributes of an object type are.
var attributesOf = map[string]string{
	"user": "users", "group": "groups", "account": "accounts", "role": "roles", "informationSystem": "information_systems",
	"system": "systems", "roleAccount": "grants", "userGroup": "group_memberships",
}

func tableOf(objectType string) (string, error) {
	name, ok := attributesOf[objectType]
	if !ok {
		return "", fault.New(fault.Invalid, "Objects of type %s have no attributes.", objectType)
	}
	return name, nil
}

// ClaimValues implements metadata.References. A value whose owner does not exist any more is free.
func (t *Tenant) ClaimValues(ctx context.Context, objectType string, object uuid.UUID, values map[string]string) ([]string, error) {
	source, err := tableOf(objectType)
	if err != nil {
		return nil, err
	}
	codes := slices.Sorted(maps.Keys(values))
	texts := make([]string, len(codes))
	for i, code := range codes {
		texts[i] = values[code]
	}
	var taken []string
	err = t.exec(ctx, func(ctx context.Context, u *unit) error {
		release := db.ReleaseUniqueParams{ObjectType: objectType, ObjectID: object, Codes: codes}
		if err := u.q.ReleaseUnique(ctx, release); err != nil {
			return fmt.Errorf("release values: %w", err)
		}
		sql := "delete from unique_values v where v.object_type = $1 and not exists (select 1 from " + source + ` o where o.id = v.object_id)
			and (v.code, v.value) in (select unnest($2::text[]), unnest($3::text[]))`
		if _, err := u.tx.Exec(ctx, sql, objectType, codes, texts); err != nil {
			return fmt.Errorf("free values: %w", err)
		}
		got, err := u.q.ClaimUnique(ctx, db.ClaimUniqueParams{ObjectType: objectType, ObjectID: object, Codes: codes, Vals: texts})
		for i, code := range codes {
			if texts[i] != "" && !slices.Contains(got, code) {
				taken = append(taken, code)
			}
		}
		return err
	})
	return taken, err
}

// Repeated implements metadata.Register.
func (t *Tenant) Repeated(ctx context.Context, objectType, code string) (string, error) {
	source, err := tableOf(objectType)
	if err != nil {
		return "", err
	}
	var value string
	err = t.query(ctx, func(ctx context.Context, u *unit) error {
		sql := "select min(attributes ->> $1) from " + source + ` where trim(attributes ->> $1) <> ''
			group by lower(trim(attributes ->> $1)) having count(*) > 1 limit 1`
		err := u.tx.QueryRow(ctx, sql, code).Scan(&value)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return err
	})
	return value, err
}

// Enlist implements metadata.Register.
func (t *Tenant) Enlist(ctx context.Context, objectType, code string) error {
	return t.attribute(ctx, objectType, `insert into unique_values (object_type, code, value, object_id)
		select $1, $2, lower(trim(attributes ->> $2)), id from %s where trim(attributes ->> $2) <> '' on conflict do nothing`, code)
}

// Strike implements metadata.Register.
func (t *Tenant) Strike(ctx context.Context, objectType, code string) error {
	return t.exec(ctx, func(ctx context.Context, u *unit) error {
		return u.q.StrikeUnique(ctx, db.StrikeUniqueParams{ObjectType: objectType, Code: code})
	})
}

// CountValues implements metadata.Register.
func (t *Tenant) CountValues(ctx context.Context, objectType, code string) (int, error) {
	source, err := tableOf(objectType)
	if err != nil {
		return 0, err
	}
	var count int
	err = t.query(ctx, func(ctx context.Context, u *unit) error {
		return u.tx.QueryRow(ctx, "select count(*) from "+source+" where attributes ? $1", code).Scan(&count)
	})
	return count, err
}

// EraseValues implements metadata.Register. History keeps the values that were.
func (t *Tenant) EraseValues(ctx context.Context, objectType, code string) error {
	return t.attribute(ctx, objectType, "update %s set attributes = attributes - $2 where attributes ? $2 and $1 <> ''", code)
}

func (t *Tenant) attribute(ctx context.Context, objectType, sql, code string) error {
	source, err := tableOf(objectType)
	if err != nil {
		return err
	}
	return t.exec(ctx, func(ctx context.Context, u *unit) error {
		_, err := u.tx.Exec(ctx, fmt.Sprintf(sql, source), objectType, code)
		return err
	})
}

var (
	_ metadata.Register   = (*Tenant)(nil)
	_ metadata.References = (*Tenant)(nil)
)

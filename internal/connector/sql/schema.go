package sql

import (
	"context"

	"provost/internal/connector"
)

// schemaQuery lists the columns of all tables and views our user may read, with the columns of primary keys marked.
const schemaQuery = `
select case when c.table_schema = current_schema() then c.table_name else c.table_schema || '.' || c.table_name end as table_name,
       c.column_name, c.udt_name, c.is_nullable = 'NO' and c.column_default is null as required,
       c.data_type = 'ARRAY' as multi_valued, c.is_updatable = 'NO' or c.is_generated = 'ALWAYS' as read_only,
       exists (
         select from information_schema.table_constraints t
         join information_schema.key_column_usage k using (constraint_schema, constraint_name)
         where t.constraint_type = 'PRIMARY KEY' and k.table_schema = c.table_schema and k.table_name = c.table_name
           and k.column_name = c.column_name
       ) as is_key
from information_schema.columns c
where c.table_schema not in ('pg_catalog', 'information_schema')
order by 1, c.ordinal_position`

// Schema returns the tables and views with their columns.
func (d *Database) Schema(ctx context.Context) ([]connector.ClassSchema, error) {
	var classes []connector.ClassSchema
	err := d.read(ctx, "schema", func(ctx context.Context) error {
		classes = nil
		rows, err := d.pool.Query(ctx, schemaQuery)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var table, kind string
			var a connector.AttributeSchema
			if err := rows.Scan(&table, &a.Name, &kind, &a.Required, &a.MultiValued, &a.ReadOnly, &a.Key); err != nil {
				return err
			}
			a.Type = typeOf(kind)
			if len(classes) == 0 || classes[len(classes)-1].Name != table {
				classes = append(classes, connector.ClassSchema{Name: table})
			}
			last := &classes[len(classes)-1]
			last.Attributes = append(last.Attributes, a)
		}
		return rows.Err()
	})
	return classes, err
}

// typeOf names the SPI's type for a type of PostgreSQL; an array's is written with an underscore.
func typeOf(name string) string {
	if name != "" && name[0] == '_' {
		name = name[1:]
	}
	switch name {
	case "bool":
		return "boolean"
	case "int2", "int4", "int8", "oid":
		return "integer"
	case "float4", "float8", "numeric":
		return "number"
	case "timestamp", "timestamptz", "date":
		return "time"
	case "bytea":
		return "binary"
	default:
		return "string"
	}
}

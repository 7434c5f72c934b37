package sql

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"provost/internal/connector"
)

// argument turns a value into what is bound: text that the server reads by the type of the parameter, so that "5" may go into an integer
// column and 5 into a text column. Bytes are bound as bytes, nothing as NULL, several values as an array.
func argument(v any) any {
	switch value := v.(type) {
	case nil:
		return nil
	case []byte:
		return value
	case string:
		return value
	case []any, []string:
		if values := connector.Values(value); len(values) > 0 {
			return arrayLiteral(values)
		}
		return nil
	default:
		return connector.Text(v)
	}
}

func arrayLiteral(values []any) string {
	parts := make([]string, len(values))
	for i, v := range values {
		text := connector.Text(v)
		if raw, isBytes := v.([]byte); isBytes {
			text = `\x` + hex.EncodeToString(raw)
		}
		parts[i] = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// row reads the current row into values by column name. NULL columns are left out.
func row(rows pgx.Rows) (map[string]any, error) {
	raw := rows.RawValues()
	read := make(map[string]any, len(raw))
	for i, field := range rows.FieldDescriptions() {
		if raw[i] == nil {
			continue
		}
		v, err := decode(rows.Conn().TypeMap(), field, raw[i])
		if err != nil {
			return nil, fmt.Errorf("reading column %s: %w", field.Name, err)
		}
		read[field.Name] = v
	}
	return read, nil
}

// decode reads a text-format value.
func decode(types *pgtype.Map, field pgconn.FieldDescription, raw []byte) (any, error) {
	text := string(raw)
	switch field.DataTypeOID {
	case pgtype.NumericOID:
		return number(text), nil
	case pgtype.TextOID, pgtype.VarcharOID, pgtype.NameOID, pgtype.JSONOID, pgtype.JSONBOID, pgtype.UUIDOID:
		return text, nil
	case pgtype.BPCharOID:
		return strings.TrimRight(text, " "), nil
	}
	known, ok := types.TypeForOID(field.DataTypeOID)
	if !ok {
		return text, nil
	}
	v, err := known.Codec.DecodeValue(types, field.DataTypeOID, pgtype.TextFormatCode, raw)
	if err != nil {
		return nil, err
	}
	return normal(v, text), nil
}

// number reads a numeric: a whole number if it is one and fits, text otherwise, because a float would lose digits.
func number(text string) any {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	return text
}

// normal narrows the driver's types to those of the SPI; types without a counterpart stay as the text the server sent.
func normal(v any, text string) any {
	switch value := v.(type) {
	case string, bool, int64, float64, time.Time:
		return value
	case []byte:
		return append([]byte(nil), value...)
	case int16:
		return int64(value)
	case int32:
		return int64(value)
	case uint32:
		return int64(value)
	case float32:
		return float64(value)
	case []any:
		return list(value)
	default:
		return text
	}
}

func list(members []any) any {
	values := make([]any, 0, len(members))
	for _, m := range members {
		switch member := m.(type) {
		case nil:
		case pgtype.Numeric:
			if text, err := member.Value(); err == nil {
				values = append(values, number(fmt.Sprint(text)))
			}
		case [16]byte:
			values = append(values, pgtype.UUID{Bytes: member, Valid: true}.String())
		default:
			values = append(values, normal(m, fmt.Sprint(m)))
		}
	}
	return values
}

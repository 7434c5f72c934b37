package object

import (
	"encoding/json"
	"fmt"
	"maps"

	"github.com/google/uuid"
)

// Mask stands for the value of a password attribute. Sent back, it means: keep the stored value.
const Mask = "•••"

// secretKey is the member under which a row holds the id of a secret; no other attribute has an object as its value.
const secretKey = "secret"

// Secret is the value of a password attribute (guide page 039): the value itself is in the table of secrets, the row holds its id. With
// the zero id it says only that there is a value; that is what everybody reads but the one who is about to write the row.
type Secret struct{ ID uuid.UUID }

// String gives the mask, so that neither a log nor a sentence says more.
func (Secret) String() string { return Mask }

// GoString gives the mask.
func (Secret) GoString() string { return Mask }

// MarshalJSON writes the id for the row, or the mask.
func (s Secret) MarshalJSON() ([]byte, error) {
	if s.ID == uuid.Nil {
		return json.Marshal(Mask)
	}
	return json.Marshal(map[string]uuid.UUID{secretKey: s.ID})
}

// secretOf reads what MarshalJSON wrote for a row.
func secretOf(value any) (Secret, bool) {
	members, ok := value.(map[string]any)
	if !ok || len(members) != 1 {
		return Secret{}, false
	}
	text, _ := members[secretKey].(string)
	id, err := uuid.Parse(text)
	return Secret{ID: id}, err == nil && id != uuid.Nil
}

// UnmarshalJSON reads attributes; values of password attributes become a Secret.
func (a *Attributes) UnmarshalJSON(text []byte) error {
	var values map[string]any
	if err := json.Unmarshal(text, &values); err != nil {
		return fmt.Errorf("read attributes: %w", err)
	}
	for code, value := range values {
		if s, ok := secretOf(value); ok {
			values[code] = s
		}
	}
	*a = values
	return nil
}

// Masked gives the attributes with secrets that name no id; without secrets it is the map itself.
func (a Attributes) Masked() Attributes {
	var out Attributes
	for code, value := range a {
		if s, ok := value.(Secret); ok && s.ID != uuid.Nil {
			if out == nil {
				out = a.Clone()
			}
			out[code] = Secret{}
		}
	}
	if out == nil {
		return a
	}
	return out
}

// Readable gives a copy without secrets, for mappings and scripts. They get no password attribute, not even whether it is set: what a
// mapping reads is kept as the wanted state of the target and shown in previews, and the guide promises that it is never displayed.
func (a Attributes) Readable() map[string]any {
	out := make(map[string]any, len(a))
	maps.Copy(out, a)
	maps.DeleteFunc(out, func(_ string, value any) bool {
		_, secret := value.(Secret)
		return secret
	})
	return out
}

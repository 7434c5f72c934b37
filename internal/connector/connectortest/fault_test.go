package connectortest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"strings"

	"provost/internal/connector"
)

// Each type below is a sound connector with one mistake.

type overwriting struct{ *MemoryConnector }

func (c overwriting) Create(ctx context.Context, class connector.Class, a connector.Attributes) (connector.Object, error) {
	created, err := c.MemoryConnector.Create(ctx, class, a)
	if !errors.Is(err, connector.ErrExists) {
		return created, err
	}
	old, err := c.Get(ctx, class, connector.Key{Name: connector.Text(a[c.system.KeyAttribute])})
	if err != nil {
		return old, err
	}
	return c.Update(ctx, class, old, a)
}

type forgiving struct{ *MemoryConnector }

func (c forgiving) Get(ctx context.Context, class connector.Class, key connector.Key) (connector.Object, error) {
	found, err := c.MemoryConnector.Get(ctx, class, key)
	if errors.Is(err, connector.ErrNotFound) {
		return connector.Object{}, nil
	}
	return found, err
}

type wiping struct{ *MemoryConnector }

func (c wiping) Update(
	ctx context.Context, class connector.Class, current connector.Object, desired connector.Attributes,
) (connector.Object, error) {
	whole := connector.Attributes{}
	for name := range current.Attributes {
		if name != c.system.KeyAttribute {
			whole[name] = nil
		}
	}
	maps.Copy(whole, desired)
	return c.MemoryConnector.Update(ctx, class, current, whole)
}

type stale struct{ *MemoryConnector }

func (c stale) Update(
	ctx context.Context, class connector.Class, current connector.Object, desired connector.Attributes,
) (connector.Object, error) {
	_, err := c.MemoryConnector.Update(ctx, class, current, desired)
	return current, err
}

type upserting struct{ *MemoryConnector }

func (c upserting) Update(
	ctx context.Context, class connector.Class, current connector.Object, desired connector.Attributes,
) (connector.Object, error) {
	updated, err := c.MemoryConnector.Update(ctx, class, current, desired)
	if errors.Is(err, connector.ErrNotFound) {
		return c.Create(ctx, class, current.Attributes)
	}
	return updated, err
}

type keeping struct{ *MemoryConnector }

func (c keeping) Update(
	ctx context.Context, class connector.Class, current connector.Object, desired connector.Attributes,
) (connector.Object, error) {
	filled := connector.Attributes{}
	for name, v := range desired {
		if len(connector.Values(v)) > 0 {
			filled[name] = v
		}
	}
	return c.MemoryConnector.Update(ctx, class, current, filled)
}

type single struct{ *MemoryConnector }

func (c single) Update(
	ctx context.Context, class connector.Class, current connector.Object, desired connector.Attributes,
) (connector.Object, error) {
	first := connector.Attributes{}
	for name, v := range desired {
		first[name] = nil
		if values := connector.Values(v); len(values) > 0 {
			first[name] = values[0]
		}
	}
	return c.MemoryConnector.Update(ctx, class, current, first)
}

type recreating struct{ *MemoryConnector }

func (c recreating) Update(
	ctx context.Context, class connector.Class, current connector.Object, desired connector.Attributes,
) (connector.Object, error) {
	updated, err := c.MemoryConnector.Update(ctx, class, current, desired)
	if err != nil || updated.Key == current.Key {
		return updated, err
	}
	if err := c.Delete(ctx, class, current.Ref()); err != nil {
		return updated, err
	}
	return c.Create(ctx, class, updated.Attributes)
}

type indifferent struct{ *MemoryConnector }

func (c indifferent) Delete(ctx context.Context, class connector.Class, key connector.Key) error {
	err := c.MemoryConnector.Delete(ctx, class, key)
	if errors.Is(err, connector.ErrNotFound) {
		return nil
	}
	return err
}

type astray struct{ *MemoryConnector }

func (c astray) Delete(ctx context.Context, class connector.Class, _ connector.Key) error {
	return c.MemoryConnector.Delete(ctx, class, connector.Key{Name: "bert"})
}

type cutting struct{ *MemoryConnector }

func (c cutting) Get(ctx context.Context, class connector.Class, key connector.Key) (connector.Object, error) {
	key.Name, _, _ = strings.Cut(key.Name, ",")
	return c.MemoryConnector.Get(ctx, class, key)
}

type matching struct{ *MemoryConnector }

func (c matching) Get(ctx context.Context, class connector.Class, key connector.Key) (connector.Object, error) {
	found, err := c.MemoryConnector.Get(ctx, class, key)
	if err == nil {
		return found, nil
	}
	listErr := c.List(ctx, class, connector.ListOptions{}, func(page connector.Page) error {
		for _, o := range page.Objects {
			if ok, _ := path.Match(key.Name, o.Key); ok {
				found, err = o, nil
			}
		}
		return nil
	})
	return found, errors.Join(err, listErr)
}

type (
	losing    struct{ *MemoryConnector }
	repeating struct{ *MemoryConnector }
	flooding  struct{ *MemoryConnector }
	deaf      struct{ *MemoryConnector }
	wrapping  struct{ *MemoryConnector }
)

func (c losing) List(ctx context.Context, class connector.Class, o connector.ListOptions, emit func(connector.Page) error) error {
	var held []connector.Page
	return c.MemoryConnector.List(ctx, class, o, func(page connector.Page) error {
		held = append(held, page)
		if len(held) == 1 {
			return nil
		}
		return emit(held[len(held)-2])
	})
}

func (c repeating) List(ctx context.Context, class connector.Class, o connector.ListOptions, emit func(connector.Page) error) error {
	return c.MemoryConnector.List(ctx, class, o, func(page connector.Page) error { return errors.Join(emit(page), emit(page)) })
}

func (c flooding) List(ctx context.Context, class connector.Class, _ connector.ListOptions, emit func(connector.Page) error) error {
	return c.MemoryConnector.List(ctx, class, connector.ListOptions{PageSize: 1000}, emit)
}

func (c deaf) List(ctx context.Context, class connector.Class, o connector.ListOptions, emit func(connector.Page) error) error {
	return c.MemoryConnector.List(ctx, class, o, func(page connector.Page) error {
		_ = emit(page)
		return nil
	})
}

func (c wrapping) List(ctx context.Context, class connector.Class, o connector.ListOptions, emit func(connector.Page) error) error {
	if err := c.MemoryConnector.List(ctx, class, o, emit); err != nil {
		return fmt.Errorf("list: %w", err)
	}
	return nil
}

type timeless struct{ *MemoryConnector }

func (c timeless) Get(_ context.Context, class connector.Class, key connector.Key) (connector.Object, error) {
	return c.MemoryConnector.Get(context.Background(), class, key)
}

func (c timeless) List(_ context.Context, class connector.Class, o connector.ListOptions, emit func(connector.Page) error) error {
	return c.MemoryConnector.List(context.Background(), class, o, emit)
}

type undead struct{ *MemoryConnector }

func (c undead) Close() error { return nil }

type anonymous struct{ *MemoryConnector }

func (c anonymous) ValidatePassword(ctx context.Context, class connector.Class, key connector.Key, password string) (bool, error) {
	valid, err := c.MemoryConnector.ValidatePassword(ctx, class, key, password)
	return valid || password == "" && err == nil, err
}

type shared struct {
	*MemoryConnector

	password *string
}

func (c shared) SetPassword(ctx context.Context, class connector.Class, key connector.Key, password connector.Password) error {
	*c.password = password.Reveal()
	return c.MemoryConnector.SetPassword(ctx, class, key, password)
}

func (c shared) ValidatePassword(ctx context.Context, class connector.Class, key connector.Key, password string) (bool, error) {
	_, err := c.MemoryConnector.ValidatePassword(ctx, class, key, password)
	return err == nil && password != "" && password == *c.password, err
}

type telltale struct{ *MemoryConnector }

func (c telltale) SetPassword(ctx context.Context, class connector.Class, key connector.Key, password connector.Password) error {
	if err := c.MemoryConnector.SetPassword(ctx, class, key, password); err != nil {
		return fmt.Errorf("setting %s: %w", password.Reveal(), err)
	}
	return nil
}

type greedy struct{ *MemoryConnector }

func (c greedy) Find(ctx context.Context, class connector.Class, _ connector.Attributes, limit int) ([]connector.Object, error) {
	return c.MemoryConnector.Find(ctx, class, connector.Attributes{}, limit)
}

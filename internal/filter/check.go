package filter

// Check tells whether every attribute of the filter is known and may be used, and every comparison fits its type.
// It is what [Compile] would answer, without SQL: for filters that are stored or evaluated in memory.
// The error is an *[AttributeError] or a *[ValueError].
func (s *Schema) Check(node Node) error {
	switch n := node.(type) {
	case And:
		return s.checkAll(n.Terms)
	case Or:
		return s.checkAll(n.Terms)
	case Not:
		return s.Check(n.Term)
	case Present:
		return s.checkPresent(n)
	case Compare:
		return s.checkCompare(n)
	case ValuePath:
		return s.checkValuePath(n)
	}
	return nil
}

func (s *Schema) checkCompare(n Compare) error {
	st, err := s.resolveValue(n.Path)
	if err != nil {
		return err
	}
	if st.attribute != nil {
		_, err := st.attribute.operand(n)
		return err
	}
	inner := Compare{Path: st.rest, Op: n.Op, Value: n.Value}
	return st.relation.prefixed(st.relation.Schema.checkCompare(inner))
}

func (s *Schema) checkValuePath(n ValuePath) error {
	st, err := s.resolveElements(n.Path)
	if err != nil {
		return err
	}
	if len(st.rest.Names) == 0 {
		return st.relation.prefixed(st.relation.Schema.Check(n.Filter))
	}
	return st.relation.prefixed(st.relation.Schema.checkValuePath(ValuePath{Path: st.rest, Filter: n.Filter}))
}

func (s *Schema) checkAll(nodes []Node) error {
	for _, n := range nodes {
		if err := s.Check(n); err != nil {
			return err
		}
	}
	return nil
}

func (s *Schema) checkPresent(n Present) error {
	st, err := s.resolve(n.Path)
	if err != nil || len(st.rest.Names) == 0 {
		return err
	}
	return st.relation.prefixed(st.relation.Schema.checkPresent(Present{Path: st.rest}))
}

// find follows a path through relations to its attribute.
func (s *Schema) find(p Path) (Attribute, error) {
	st, err := s.resolveValue(p)
	if err != nil {
		return Attribute{}, err
	}
	if st.attribute != nil {
		return *st.attribute, nil
	}
	return st.relation.Schema.find(st.rest)
}

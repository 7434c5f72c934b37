package bpm

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// bytesSource gives the bytes of a fuzzer as random numbers, and goes on by itself when they are used up.
type bytesSource struct {
	data []byte
	rest *rand.PCG
}

func (s *bytesSource) Uint64() uint64 {
	const size = 2
	if len(s.data) < size {
		return s.rest.Uint64()
	}
	number := uint64(binary.LittleEndian.Uint16(s.data))
	s.data = s.data[size:]
	return number<<48 | number<<32 | number<<16 | number
}

// FuzzStep plays a process that the fuzzer decides about: which plan, and what happens to it. Bytes that are JSON are read as a plan of
// their own, which may make no sense at all. Nothing panics, and every state is sound.
func FuzzStep(f *testing.F) {
	for seed := range byte(20) {
		f.Add([]byte{seed, 1, 2, 3, seed, 5, 7, 11, 13, seed})
	}
	for _, text := range []string{before, after, oneTask, withKeys} {
		plan, err := json.Marshal(draw(f, text))
		require.NoError(f, err)
		f.Add(plan)
	}
	f.Add([]byte(`{"nodes":[{"id":"a","type":"startEvent","parent":-1,"out":[0]}],"flows":[{"id":"f","from":0,"to":0}]}`))
	f.Add([]byte(`{"nodes":[{"id":"a","type":"subProcess","parent":0,"out":[0],"triggered":true}],"flows":[{"id":"f","from":0,"to":0}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c := chance{rand.New(&bytesSource{data: data, rest: rand.NewPCG(1, 2)})}
		plan := &Plan{}
		if json.Unmarshal(data, plan) != nil {
			plan = c.plan()
		}
		p := play(t, plan)
		p.carry = func(s *State) *State { return carried(t, s) }
		p.waves = 10
		if p.do(Started{}) != nil {
			return
		}
		checkState(t, p)
		const steps, most = 25, 50
		for range steps {
			if p.state.Status() != Running || len(p.state.at.Tokens) > most || len(plan.Flows) == 0 {
				return
			}
			err := p.do(c.happening(p))
			if errors.Is(err, errTired) {
				return
			}
			require.NotErrorIs(t, err, ErrPending)
			checkState(t, p)
			p.lines, p.sent = nil, nil
		}
	})
}

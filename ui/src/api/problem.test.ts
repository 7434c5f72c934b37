import { describe, expect, test } from 'vitest';
import { fieldErrors, problemOf, ProblemError } from './problem';

const refused = (errors: { location?: string; message?: string }[], detail = 'refused') => new ProblemError({ status: 422, detail, errors });

describe('fieldErrors', () => {
  test.each([
    ['a field', 'body.userName', { userName: 'wrong' }, []],
    ['a nested attribute', 'body.attributes.phone', { 'attributes.phone': 'wrong' }, []],
    ['an element of a field', 'body.values[2].name', { values: 'wrong' }, []],
    ['a field without the body prefix', 'userName', { userName: 'wrong' }, []],
    ['a field that only begins alike', 'body.userNameHint', {}, ['userNameHint: wrong']],
    ['the whole body', 'body', {}, ['wrong']],
  ])('maps %s', (_, location, fields, others) => {
    const known = ['userName', 'attributes.phone', 'values'];
    expect(fieldErrors(refused([{ location, message: 'wrong' }]), known)).toEqual({ fields, others });
  });

  test('joins several findings of one field', () => {
    const error = refused([{ location: 'body.email', message: 'Too long.' }, { location: 'body.email', message: 'No address.' }]);
    expect(fieldErrors(error, ['email']).fields.email).toBe('Too long. No address.');
  });

  test('shows the sentence of a problem without findings', () => {
    expect(fieldErrors(refused([], 'The group is not empty.'), [])).toEqual({ fields: {}, others: ['The group is not empty.'] });
  });

  test('says nothing about what is no problem of the server', () => {
    expect(fieldErrors(new Error('bug'), ['email'])).toEqual({ fields: {}, others: [] });
  });
});

describe('problemOf', () => {
  test('reads problem+json and trusts the status line over the body', async () => {
    const response = new Response('{"status":200,"code":"conflict","detail":"Changed."}', { status: 412, headers: { 'Content-Type': 'application/problem+json' } });
    expect(await problemOf(response)).toMatchObject({ status: 412, code: 'conflict', detail: 'Changed.' });
  });

  test.each(['<html>Bad gateway</html>', '{broken'])('survives %s', async (body) => {
    const response = new Response(body, { status: 502, headers: { 'Content-Type': body.startsWith('{') ? 'application/json' : 'text/html' } });
    expect((await problemOf(response)).status).toBe(502);
  });
});

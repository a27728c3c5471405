import { expect, test } from 'vitest';
import { redacted } from '../../src/core/redact.ts';

const long = 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8';

test.each([
  [`the key sk-ant-api03-${long} works`, 'the key [secret] works'],
  [`ghp_${long}`, '[secret]'],
  [`glpat-${long}`, '[secret]'],
  ['AKIAABCDEFGHIJKLMNOP', '[secret]'],
  [`Authorization: Bearer ${long}`, 'Authorization: Bearer [secret]'],
  ['postgres://me:hunter22@host/db', 'postgres://me:[secret]@host/db'],
  ['export Z_AI_API_KEY="abcdefgh1"', 'export Z_AI_API_KEY="[secret]"'],
  ['-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\nrest', '[secret]\nrest'],
  ['-----BEGIN PRIVATE KEY-----\ncut off', '[secret]'],
  ['one two my-own-key three', 'one two [secret] three'],
  ['the token: string of parse(key) and http://host:80/a@b', 'the token: string of parse(key) and http://host:80/a@b'],
  ['commit 0123456789abcdef0123456789abcdef01234567', 'commit 0123456789abcdef0123456789abcdef01234567'],
])('%j', (text, plain) => {
  expect(redacted(text, ['my-own-key', 'one'])).toBe(plain);
});

import { expect, it } from 'vitest';
import {
  nameWords,
  valueLines,
  type ValueLine,
} from '../../../../frontend/src/components/runs/valueLines.ts';

/** As they are read: "Name: text", with what is below behind. */
function read(lines: ValueLine[]): unknown[] {
  return lines.map(({ name, text, lines: below }) =>
    text === null ? [name, read(below)] : `${name}: ${text}`,
  );
}

it('writes values by their names, and what is within them below', () => {
  const value = { customerId: 7, active: true, note: '', address: { city: 'Sampleton' }, tags: ['a', 'b'] };
  expect(read(valueLines(value))).toEqual([
    'Customer id: 7',
    'Active: Yes',
    'Note: –',
    ['Address', ['City: Sampleton']],
    'Tags: a, b',
  ]);
});

it('calls fields as their form does', () => {
  const titles: Record<string, string> = { 'job.id': 'Job number', job: 'Job' };
  expect(read(valueLines({ job: { id: 3 } }, (path) => titles[path]))).toEqual([['Job', ['Job number: 3']]]);
});

it('numbers what is in a list, and says how much is left out of a long one', () => {
  const [lines] = valueLines({ jobs: Array.from({ length: 52 }, (_, id) => ({ id })) });
  expect(lines?.lines).toHaveLength(51);
  expect(lines?.lines[0]).toMatchObject({ name: '1.', path: 'jobs.0' });
  expect(lines?.lines.at(-1)?.text).toBe('and 2 more');
});

it('says of a masked value that it is hidden, and from whom', () => {
  expect(valueLines({ email: '••• hidden', key: '••• secret' })).toMatchObject([
    { name: 'Email', text: 'Hidden: only members who may edit see it', isHidden: true },
    { name: 'Key', text: 'Hidden: it is a secret', isHidden: true },
  ]);
  expect(valueLines('••• hidden')).toMatchObject([{ isHidden: true }]);
});

it('writes nothing of nothing', () => {
  expect([valueLines(null), valueLines(undefined), valueLines({})]).toEqual([[], [], []]);
});

it('makes words of names', () => {
  expect(['customerId', 'created_at', 'URL'].map(nameWords)).toEqual(['Customer id', 'Created at', 'Url']);
});

import { expect, it } from 'vitest';
import { memberRead } from '#integrations/crm/servicetitan/sandbox/memberRead.ts';

interface Row {
  readonly id: number;
  readonly modifiedOn?: string;
  readonly createdOn: string;
  readonly status: { readonly name: string } | null;
  readonly items: readonly number[];
}

it('names the member that a function reads, and only where it does nothing else', () => {
  expect(memberRead((row: Row) => row.id)).toBe('id');
  expect(memberRead((row: Row) => row.modifiedOn ?? row.createdOn)).toBe('modifiedOn');
  expect(memberRead((row: Row) => row.status?.name)).toBeNull();
  expect(memberRead((row: Row) => row.id + 1)).toBeNull();
  expect(memberRead((row: Row) => row.createdOn.slice(0, 10))).toBeNull();
  expect(memberRead((row: Row) => row.items.includes(3))).toBeNull();
  expect(memberRead((row: Row) => [1, 2].indexOf(row.id))).toBeNull();
  expect(memberRead(() => null)).toBeNull();
});

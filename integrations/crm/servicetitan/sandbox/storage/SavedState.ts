import { z } from 'zod';
import { describeTenant, type SandboxTenant } from '../tenants.ts';
import type { Database } from './Database.ts';

/** What a data folder was first made with: it goes on with these, whatever it is opened with. */
export const origin = z.object({
  seed: z.int(),
  customers: z.int(),
  years: z.int(),
  anchor: z.iso.datetime(),
});
export type Origin = z.infer<typeof origin>;

/** A tenant as it is kept: the rest follows from these. */
const savedTenant = z.object({
  id: z.int(),
  name: z.string(),
  timeZone: z.string(),
  clientId: z.string(),
  clientSecret: z.string(),
  scopes: z.array(z.string()),
});

/** What a store keeps beside its records: small values by name, and its tenants. */
export class SavedState {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
    database.execute(`
      create table if not exists settings (name text primary key, value text not null) without rowid;
      create table if not exists tenants (
        position integer primary key, id integer not null unique, info text not null);`);
  }

  get<Value>(name: string, schema: z.ZodType<Value>): Value | null {
    const found = this.#database.statement('select value from settings where name = ?').get(name);
    return found ? parse(found['value'], schema) : null;
  }

  set(name: string, value: unknown): void {
    this.#database
      .statement('insert or replace into settings (name, value) values (?, ?)')
      .run(name, JSON.stringify(value));
  }

  /** The tenants in the order in which they were added. */
  tenants(): SandboxTenant[] {
    const found = this.#database.statement('select info from tenants order by position').all();
    return found.map(({ info }) => describeTenant(parse(info, savedTenant)));
  }

  putTenant(info: SandboxTenant): void {
    this.#database
      .statement(
        'insert into tenants (id, info) values (?, ?) on conflict (id) do update set info = excluded.info',
      )
      .run(info.id, JSON.stringify(savedTenant.parse(info)));
  }
}

function parse<Value>(text: unknown, schema: z.ZodType<Value>): Value {
  return schema.parse(JSON.parse(z.string().parse(text)));
}

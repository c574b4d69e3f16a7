type Query = <Row>(text: string) => Promise<Row[]>;

interface Line {
  line: string;
}

/** What the migrations come to, table by table and function by function: for reviewers, not for a database. */
export async function describeSchema(query: Query): Promise<string> {
  const lines = async (text: string) => (await query<Line>(text)).map(({ line }) => line);
  const tables = await lines(`
    select c.relname as line from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind = 'r' order by 1`);
  const parts = ['-- Made by npm run db:schema from supabase/migrations. Do not edit.'];
  for (const table of tables) {
    const columns = await lines(`
      select format('  %I %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
        case when a.attnotnull then ' not null' else '' end,
        coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')) as line
      from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where a.attrelid = 'public.${table}'::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum`);
    const constraints = await lines(`
      select format('  constraint %I %s', conname, pg_get_constraintdef(oid)) as line
      from pg_constraint where conrelid = 'public.${table}'::regclass and contype <> 'n' order by contype, conname`);
    const indexes = await lines(`
      select pg_get_indexdef(i.indexrelid) || ';' as line from pg_index i
      where i.indrelid = 'public.${table}'::regclass
        and not exists (select 1 from pg_constraint c where c.conindid = i.indexrelid and c.contype in ('p', 'u'))
      order by 1`);
    const security = await lines(`
      select 'alter table public.${table} enable row level security;' as line
      from pg_class where oid = 'public.${table}'::regclass and relrowsecurity`);
    const policies = await lines(`
      select format('create policy %I on public.%I for %s to %s using (%s);', policyname, tablename, lower(cmd), array_to_string(roles, ', '), qual) as line
      from pg_policies where schemaname = 'public' and tablename = '${table}' order by 1`);
    parts.push(
      [
        `create table public.${table} (`,
        [...columns, ...constraints].join(',\n'),
        ');',
        ...security,
        ...indexes,
        ...policies,
      ].join('\n'),
    );
  }
  parts.push(
    ...(await lines(`
      select format(E'create view public.%I as\\n%s', c.relname, pg_get_viewdef(c.oid)) as line
      from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind = 'v' order by c.relname`)),
    ...(await lines(`
      select pg_get_functiondef(p.oid) || ';' as line from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname = 'public' order by p.proname, p.oid::regprocedure::text`)),
  );
  return `${parts.join('\n\n')}\n`;
}

import { readFile } from 'node:fs/promises';

/** docs/production.md as a reader finds it: its text, the rows of its tables, its SQL. */
export interface ProductionDoc {
  text: string;
  /** The rows below the header that begins with this cell. */
  table(firstHeader: string): string[][];
  sql: string[];
}

export async function readProductionDoc(): Promise<ProductionDoc> {
  const text = await readFile(new URL('../../docs/production.md', import.meta.url), 'utf8');
  const lines = text.split('\n');
  const cellsOf = (line: string) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  return {
    text,
    table: (firstHeader) => {
      const start = lines.findIndex((line) => cellsOf(line)[0] === firstHeader);
      if (start < 0) throw new Error(`docs/production.md has no table that begins with ${firstHeader}.`);
      const rows = lines.slice(start + 2);
      const end = rows.findIndex((line) => !line.startsWith('|'));
      return rows.slice(0, end).map(cellsOf);
    },
    sql: [...text.matchAll(/^ *```sql\n(.*?)^ *```/gms)].map((match) => match[1] ?? ''),
  };
}

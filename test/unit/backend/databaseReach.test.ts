import { expect, test } from 'vitest';
import { createDatabase } from '#backend/repositories/database.ts';
import { DatabaseReach } from '#backend/services/DatabaseReach.ts';

function startReach() {
  let elapsed = 0;
  const reach = new DatabaseReach(() => elapsed);
  const asked: string[] = [];
  const ask = async (name: string, takesMs: number, answers = true) =>
    await reach.ask(() => {
      asked.push(name);
      elapsed += takesMs;
      return answers ? Promise.resolve(name) : Promise.reject(new Error(`${name} failed`));
    });
  return { ask, asked, advance: (milliseconds: number) => (elapsed += milliseconds) };
}

test('what hung once is asked nothing for five seconds, whoever asks', async () => {
  const { ask, asked, advance } = startReach();
  await expect(ask('circuit', 5000, false)).rejects.toThrow('circuit failed');
  advance(4999);
  await expect(ask('token', 5000)).rejects.toThrow('does not answer');
  await expect(ask('rate', 5000)).rejects.toThrow('does not answer');
  expect(asked).toEqual(['circuit']);
});

test('then it is asked once, for which nobody waits, and is used again when it answered', async () => {
  const { ask, asked, advance } = startReach();
  await expect(ask('first', 5000, false)).rejects.toThrow('first failed');
  advance(5000);
  await expect(ask('second', 10)).rejects.toThrow('does not answer');
  await expect(ask('third', 10)).resolves.toBe('third');
  expect(asked).toEqual(['first', 'second', 'third']);
});

test('a quick refusal is no hanging: the next is asked as ever', async () => {
  const { ask } = startReach();
  await expect(ask('first', 10, false)).rejects.toThrow('first failed');
  await expect(ask('second', 10)).resolves.toBe('second');
});

test('all that use one client of the database know the same', () => {
  const database = createDatabase({ url: 'http://localhost:1', key: 'x' });
  const other = createDatabase({ url: 'http://localhost:1', key: 'x' });
  expect(DatabaseReach.of(database)).toBe(DatabaseReach.of(database));
  expect(DatabaseReach.of(database)).not.toBe(DatabaseReach.of(other));
});

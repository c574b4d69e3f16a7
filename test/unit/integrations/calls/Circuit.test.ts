import { expect, test } from 'vitest';
import { Circuit } from '#integrations/calls/Circuit.ts';
import { MemoryCircuitStore } from '#integrations/calls/CircuitStore.ts';
import { IntegrationError, type IntegrationErrorKind } from '#integrations/errors.ts';

function startCircuit() {
  let elapsed = 0;
  const stopwatch = () => elapsed;
  const circuit = new Circuit({
    key: 'connection',
    service: 'ServiceTitan',
    store: new MemoryCircuitStore(stopwatch),
    clock: { now: () => new Date(elapsed) },
    stopwatch,
  });
  let made = 0;
  const fail = async (kind: IntegrationErrorKind = 'unavailable') => {
    const failing = circuit.guard(() => {
      made += 1;
      return Promise.reject(new IntegrationError(kind, 'It did not answer.'));
    });
    await failing.catch((error: unknown) => expect(error).toBeInstanceOf(IntegrationError));
  };
  const open = async () => {
    for (let count = 0; count < 5; count += 1) await fail();
  };
  return {
    circuit,
    fail,
    open,
    made: () => made,
    advance: (milliseconds: number) => (elapsed += milliseconds),
  };
}

const ok = () => Promise.resolve('answer');

test('after five failures in a row no call is made, and the refusal says until when and why', async () => {
  const { circuit, open, made } = startCircuit();
  await open();
  const refused = circuit.guard(ok);
  await expect(refused).rejects.toMatchObject({ kind: 'unavailable', retryAfterMs: 30_000 });
  await expect(refused).rejects.toThrow(
    /paused until 1970-01-01T00:00:30.000Z: it failed 5 times in a row. It did not/,
  );
  expect(made()).toBe(5);
});

test('an answer in between starts the count anew', async () => {
  const { circuit, fail, open, made } = startCircuit();
  for (let count = 0; count < 4; count += 1) await fail();
  await circuit.guard(ok);
  await open();
  expect(made()).toBe(9);
});

test.each(['auth', 'forbidden', 'invalid', 'not_found', 'rate_limited'] as const)(
  'a refusal of kind %s never opens it',
  async (kind) => {
    const { circuit, fail } = startCircuit();
    for (let count = 0; count < 10; count += 1) await fail(kind);
    await expect(circuit.guard(ok)).resolves.toBe('answer');
  },
);

test('when its time has passed one call tries, and its answer lets all others through', async () => {
  const { circuit, open, advance } = startCircuit();
  await open();
  advance(30_000);
  const answer = Promise.withResolvers<string>();
  const trial = circuit.guard(() => answer.promise);
  await expect(circuit.guard(ok)).rejects.toThrow(/while one call tries/);
  answer.resolve('back');
  await expect(trial).resolves.toBe('back');
  await expect(circuit.guard(ok)).resolves.toBe('answer');
});

test('each failed trial doubles the pause, up to ten minutes', async () => {
  const { circuit, fail, open, advance } = startCircuit();
  await open();
  const pauses: unknown[] = [];
  for (let count = 0; count < 7; count += 1) {
    const refusal: unknown = await circuit.guard(ok).catch((error: unknown) => error);
    const pause = refusal instanceof IntegrationError ? (refusal.retryAfterMs ?? 0) : 0;
    pauses.push(pause / 1000);
    advance(pause);
    await fail();
  }
  expect(pauses).toEqual([30, 60, 120, 240, 480, 600, 600]);
});

test('a caller that gives up counts for nothing', async () => {
  const { circuit } = startCircuit();
  for (let count = 0; count < 10; count += 1) {
    const stopped = circuit.guard(
      () => Promise.reject(new IntegrationError('unavailable', 'Stopped.')),
      AbortSignal.abort(),
    );
    await expect(stopped).rejects.toThrow('Stopped.');
  }
  await expect(circuit.guard(ok)).resolves.toBe('answer');
});

test('answers that are not as declared never open it, since an answer came', async () => {
  const { circuit } = startCircuit();
  for (let count = 0; count < 10; count += 1) {
    const drift = new IntegrationError('unexpected', 'The answer could not be read.', { status: 200 });
    await expect(circuit.guard(() => Promise.reject(drift))).rejects.toThrow(drift);
  }
  await expect(circuit.guard(ok)).resolves.toBe('answer');
});

test('a call that was never made does not close it', async () => {
  const { circuit, open, advance } = startCircuit();
  await open();
  advance(30_000);
  const crowded = new IntegrationError('rate_limited', 'Too many calls wait.');
  await expect(circuit.guard(() => Promise.reject(crowded))).rejects.toThrow(crowded);
  await expect(circuit.guard(ok)).rejects.toThrow(/while one call tries/);
});

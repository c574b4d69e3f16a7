import { expect, it } from 'vitest';
import {
  filterWords,
  isNarrowed,
  runsFilterOf,
} from '../../../../frontend/src/components/runs/runsFilter.ts';

const asked = (query: string, flowId?: string) => runsFilterOf(new URLSearchParams(query), flowId);

it('asks for what the address names, and for nothing that it leaves empty', () => {
  expect(asked('status=parked&search=&state=2.5')).toEqual({ status: 'parked', state: '2.5' });
  expect(asked('version=2', 'f')).toEqual({ flowId: 'f', version: '2' });
  expect(asked('flow=g&version=2')).toEqual({ flowId: 'g', version: '2' });
});

it('asks for no version without a flow', () => {
  expect(asked('version=2')).toEqual({});
});

it('knows whether anything but the flow narrows the list', () => {
  expect([asked('', 'f'), asked('error=No', 'f')].map(isNarrowed)).toEqual([false, true]);
});

it('says which runs a filter means', () => {
  expect(filterWords(asked('status=parked&state=2&search=Testa&error=No name.', 'f'), 'Note')).toBe(
    'Runs of Note, that are “Needs attention”, begun in “Sales appointment booked”, of customers named “Testa”, with the error “No name.”.',
  );
  expect(filterWords({}, undefined)).toBe('Runs of all flows.');
});

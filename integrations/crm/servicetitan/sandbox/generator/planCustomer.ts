import type { Random } from '../random.ts';
import { type Scenario, scenarios } from './scenarios.ts';

/** How a customer is tied to the one before: two people in one house, or one person entered twice. */
export type Tie = 'shares_phone' | 'shares_email' | 'duplicate';

export interface CustomerPlan {
  readonly scenario: Scenario;
  readonly tie: Tie | null;
}

const byName = new Map(scenarios.map((scenario) => [scenario.name, scenario]));
const totalWeight = scenarios.reduce((sum, { weight }) => sum + weight, 0);

function scenarioNamed(name: string): Scenario {
  const scenario = byName.get(name);
  if (!scenario) throw new Error(`There is no scenario ${name}.`);
  return scenario;
}

/** With these every tenant begins, so that a small one has one of each, too: the last two merge in a chain. */
const opening: readonly CustomerPlan[] = [
  ...scenarios.map((scenario) => ({ scenario, tie: null })),
  { scenario: scenarioNamed('contact'), tie: 'shares_phone' },
  { scenario: scenarioNamed('estimated'), tie: 'shares_email' },
  { scenario: scenarioNamed('contact'), tie: 'duplicate' },
  { scenario: scenarioNamed('merged'), tie: null },
  { scenario: scenarioNamed('merged'), tie: null },
];

/** What becomes of the customer of this number: it follows from the number and its own random draws alone. */
export function planCustomer(number: number, random: Random): CustomerPlan {
  const opened = opening[number];
  if (opened) return opened;
  const scenario = pickScenario(random);
  if (scenario.needsPrevious) return { scenario, tie: null };
  if (random.chance(0.015)) return { scenario: scenarioNamed('contact'), tie: 'duplicate' };
  if (random.chance(0.02)) return { scenario, tie: 'shares_phone' };
  return { scenario, tie: random.chance(0.01) ? 'shares_email' : null };
}

function pickScenario(random: Random): Scenario {
  let left = random.between(0, totalWeight);
  for (const scenario of scenarios) {
    left -= scenario.weight;
    if (left < 0) return scenario;
  }
  return scenarioNamed('contact');
}

import type { StateNumber } from '#backend/schemas/state.ts';

const progress = { 0: 0, 1: 1, 2: 2, 2.5: 2, 3: 3, 4: 4, 5: 5, 5.5: 5, 6: 6 } as const satisfies Record<
  StateNumber,
  number
>;
const toneOf = {
  0: 'var(--chou-text-soft)',
  1: 'var(--chou-info)',
  2: 'var(--chou-info)',
  2.5: 'var(--chou-bad)',
  3: 'var(--chou-warn)',
  4: 'var(--chou-ok)',
  5: 'var(--chou-ok)',
  5.5: 'var(--chou-bad)',
  6: 'var(--chou-ok)',
} as const satisfies Record<StateNumber, string>;

function slice(share: number): string {
  const angle = share * 2 * Math.PI;
  const x = 8 + 4 * Math.sin(angle);
  const y = 8 - 4 * Math.cos(angle);
  return `M8 8V4A4 4 0 ${share > 0.5 ? 1 : 0} 1 ${x.toFixed(2)} ${y.toFixed(2)}Z`;
}

function inside(state: StateNumber, tone: string) {
  if (state === 6) {
    return <path d="m5 8.2 2.1 2.1L11 6.3" stroke="var(--chou-surface)" strokeWidth="1.7" fill="none" />;
  }
  if (state === 2.5 || state === 5.5) {
    return <path d="m5.8 5.8 4.4 4.4m0-4.4-4.4 4.4" stroke={tone} strokeWidth="1.6" />;
  }
  if (state === 0) return null;
  return <path d={slice(progress[state] / 6)} fill={tone} />;
}

/** The state as a shape: a ring that fills as the journey goes on, crossed when an appointment was canceled. */
export function StateGlyph({ state, size = 16 }: { state: StateNumber; size?: number }) {
  const tone = toneOf[state];
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden style={{ flex: 'none' }}>
      <circle
        cx="8"
        cy="8"
        r="6.2"
        fill={state === 6 ? tone : 'none'}
        stroke={tone}
        strokeWidth="1.5"
        strokeDasharray={state === 0 ? '2.2 1.7' : undefined}
      />
      {inside(state, tone)}
    </svg>
  );
}

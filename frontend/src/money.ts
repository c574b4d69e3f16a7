const whole = new Intl.NumberFormat(undefined, {
  style: 'currency',
  currency: 'USD',
  maximumFractionDigits: 0,
});
const exact = new Intl.NumberFormat(undefined, {
  style: 'currency',
  currency: 'USD',
  trailingZeroDisplay: 'stripIfInteger',
});
const compact = new Intl.NumberFormat(undefined, {
  style: 'currency',
  currency: 'USD',
  notation: 'compact',
  maximumSignificantDigits: 3,
});
const count = new Intl.NumberFormat();

/** "$12,450". */
export function formatMoney(amount: number): string {
  return whole.format(amount);
}

/** "$12,450" or "$12,450.50": where a cent makes a difference. */
export function formatAmount(amount: number): string {
  return exact.format(amount);
}

/** "$12.5K", for sums in narrow places. */
export function formatMoneyShort(amount: number): string {
  return compact.format(amount);
}

export function formatCount(amount: number): string {
  return count.format(amount);
}

/** "1 run", "12 runs". */
export function countOf(amount: number, one: string, many = `${one}s`): string {
  return `${formatCount(amount)} ${amount === 1 ? one : many}`;
}
